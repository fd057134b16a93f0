using System.Runtime.CompilerServices;
using Environments.Randomness;
using Environments.Rendering;
using Environments.Spaces;
using SkiaSharp;

namespace Environments.Memory.PopGym;

/// <summary>Cards are dealt; name the suit of the one shown k − 1 cards before the current one (Morad et al. 2023, POPGym's <c>RepeatPrevious</c>).</summary>
/// <remarks>
/// Observation and action are suits, 0 to 3. With n = 52 cards per deck an episode has n − 1 steps; those with at least k cards on the table
/// pay ±1/(n − k), the earlier ones nothing. Random actions score −0.5, memory 1. A seed deals what POPGym deals.
/// </remarks>
public struct RepeatPrevious : IEnvironment, IRenderedEnvironment
{
    private readonly int _k;
    private SuitDeck _deck;

    /// <summary>A game; POPGym's levels are (1, 4), (2, 32) and (3, 64).</summary>
    /// <param name="decks">Decks, 1 to 16.</param>
    /// <param name="k">Cards to look back, the current one included: 1 to 51.</param>
    public RepeatPrevious(int decks, int k)
    {
        _deck = new SuitDeck(decks);
        ArgumentOutOfRangeException.ThrowIfLessThan(k, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(k, _deck.Count);
        _k = k;
    }

    /// <inheritdoc/>
    public readonly Space ObservationSpace => new Discrete(SuitDeck.Suits);

    /// <inheritdoc/>
    public readonly Space ActionSpace => new Discrete(SuitDeck.Suits);

    /// <inheritdoc/>
    public readonly SKSizeI RenderSize => SymbolDrawing.Size;

    /// <inheritdoc/>
    public void Reset(Span<float> observation, ref Pcg64 random)
    {
        _deck.Collect();
        observation[0] = _deck.Deal(ref random);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public StepResult Step(ReadOnlySpan<float> action, Span<float> observation, ref Pcg64 random)
    {
        float reward = 0;
        int wanted = _deck.Dealt - _k;
        if (wanted >= 0)
        {
            reward = 1f / (_deck.Count - _k);
            reward = (int)action[0] == _deck[wanted] ? reward : -reward;
        }
        observation[0] = _deck.Deal(ref random);
        return new StepResult(reward, _deck.Left == 0);
    }

    /// <inheritdoc/>
    public readonly void Render(SKCanvas canvas)
    {
        SymbolDrawing.Clear(canvas);
        int cards = Math.Min(_k, 8); // as many as fit
        for (int back = 0; back < cards && back < _deck.Dealt; back++)
        {
            float x = 280 - 250f * back / Math.Max(cards - 1, 1);
            SymbolDrawing.Symbol(canvas, _deck[_deck.Dealt - 1 - back], x, 70, back == 0 ? 28 : 14, strong: back == 0);
        }
        SymbolDrawing.Progress(canvas, RenderSize, (float)_deck.Dealt / _deck.Count);
    }
}
