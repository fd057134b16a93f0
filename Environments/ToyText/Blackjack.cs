using System.Runtime.CompilerServices;
using Environments.Randomness;
using Environments.Rendering;
using Environments.Spaces;
using SkiaSharp;

namespace Environments.ToyText;

/// <summary>Come closer to 21 than the dealer, but not above (Sutton and Barto 2018, example 5.1; Gymnasium's <c>Blackjack</c>).</summary>
/// <remarks>
/// Observation <c>[player's total, dealer's open card 1 to 10, whether the player has an ace that counts 11]</c>. Action 0 sticks, 1 hits.
/// Cards come from an endless deck. Going above 21 loses 1; after sticking the dealer draws up to 17 and the totals are compared:
/// reward 1, 0 or −1, and the episode terminates.
/// </remarks>
public struct Blackjack : IEnvironment, IRenderedEnvironment
{
    private static readonly MultiDiscrete Observations = new(32, 11, 2);
    private static readonly Discrete Actions = new(2);

    private readonly BlackjackRules _rules;
    private Hand _player;
    private Hand _dealer;
    private int _openCard;
    private int _suit;

    /// <summary>A table with the given rules.</summary>
    public Blackjack(BlackjackRules rules) => _rules = rules;

    /// <inheritdoc/>
    public readonly Space ObservationSpace => Observations;

    /// <inheritdoc/>
    public readonly Space ActionSpace => Actions;

    /// <inheritdoc/>
    public void Reset(Span<float> observation, ref Pcg64 random)
    {
        _dealer = default;
        _player = default;
        _openCard = _dealer.Draw(ref random);
        _dealer.Draw(ref random);
        _player.Draw(ref random);
        _player.Draw(ref random);
        // Suit and face of the open card only matter for a picture, but Gymnasium draws them here.
        _suit = random.NextInt(0, 4);
        if (_openCard == 10)
        {
            random.NextInt(0, 3);
        }
        Observe(observation);
    }

    /// <inheritdoc/>
    public StepResult Step(ReadOnlySpan<float> action, Span<float> observation, ref Pcg64 random)
    {
        if (action[0] != 0)
        {
            _player.Draw(ref random);
            Observe(observation);
            return _player.Total > 21 ? new StepResult(-1, true) : default;
        }
        while (_dealer.Total < 17)
        {
            _dealer.Draw(ref random);
        }
        float reward = Math.Sign(_player.Total - (_dealer.Total > 21 ? 0 : _dealer.Total));
        if (_player.IsNatural)
        {
            reward = _rules switch
            {
                BlackjackRules.SuttonBarto when !_dealer.IsNatural => 1,
                BlackjackRules.NaturalBonus when reward > 0 => 1.5f,
                BlackjackRules.SuttonBarto or BlackjackRules.NaturalBonus or BlackjackRules.Plain => reward,
            };
        }
        Observe(observation);
        return new StepResult(reward, true);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly void Observe(Span<float> observation)
    {
        observation[2] = _player.HasUsableAce ? 1 : 0;
        observation[0] = _player.Total;
        observation[1] = _openCard;
    }

    /// <inheritdoc/>
    public readonly SKSizeI RenderSize => new(600, 400);

    /// <inheritdoc/>
    public readonly void Render(SKCanvas canvas)
    {
        ArgumentNullException.ThrowIfNull(canvas);
        canvas.Clear(new SKColor(7, 99, 36));
        using var paint = new SKPaint { IsAntialias = true, Color = SKColors.White };
        canvas.DrawRoundRect(175, 30, 110, 150, 10, 10, paint);
        canvas.DrawRoundRect(315, 30, 110, 150, 10, 10, paint);
        paint.Color = new SKColor(40, 60, 140);
        canvas.DrawRoundRect(323, 38, 94, 134, 8, 8, paint);
        paint.Color = _suit is 1 or 2 ? new SKColor(190, 30, 40) : SKColors.Black; // clubs, diamonds, hearts, spades
        for (int i = 0; i < _openCard; i++)
        {
            canvas.DrawCircle(205 + 25 * (i % 3), 55 + 33 * (i / 3), 9, paint);
        }
        // The player's total: one disc each, a ring beyond which the hand is lost, golden while an ace counts 11.
        for (int i = 0; i < Math.Max(21, _player.Total); i++)
        {
            paint.Color =
                i >= _player.Total ? new SKColor(5, 70, 26)
                : _player.Total > 21 ? new SKColor(200, 50, 50)
                : _player.HasUsableAce ? new SKColor(240, 200, 70)
                : SKColors.White;
            canvas.DrawCircle(48 + 25 * (i % 21), 270 + 40 * (i / 21), 10, paint);
        }
    }

    /// <summary>What matters of a hand.</summary>
    private struct Hand
    {
        private int _sum; // aces as 1
        private int _count;
        private bool _hasAce;

        public readonly bool HasUsableAce => _hasAce & _sum <= 11;

        public readonly int Total => _sum + (HasUsableAce ? 10 : 0);

        public readonly bool IsNatural => _count == 2 & _hasAce & _sum == 11;

        /// <summary>Adds a card: ace 1 to 9 once, 10 four times in thirteen.</summary>
        public int Draw(ref Pcg64 random)
        {
            int card = Math.Min(random.NextInt(0, 13) + 1, 10);
            _sum += card;
            _count++;
            _hasAce |= card == 1;
            return card;
        }
    }
}
