using System.Runtime.CompilerServices;
using Environments.Randomness;
using Environments.Rendering;
using Environments.Spaces;
using SkiaSharp;

namespace Environments.Memory.Bandits;

/// <summary>Bandits that come back: a barcode says which one it is, so what was found out in an earlier episode can be used again (Ritter et al. 2018).</summary>
/// <remarks>
/// Observation <c>[barcode (c), last action one-hot (k), last reward]</c>; the good arm pays 1 with probability 0.9, the others with 0.1. An
/// epoch draws n different barcodes and gives each an arm, every arm being used if there are enough barcodes; its episodes, each barcode
/// r times, come in random order. Episodes terminate after T pulls. An episode leaves nothing behind but what an episodic memory keeps
/// until the epoch ends, after n · r episodes of a copy. With ten arms and ten pulls, random actions score 1.8 and one who knows the
/// arm 9. An epoch is part of the copy's state; seeding a batch begins a new one.
/// </remarks>
public struct BarcodeBandit : IEnvironment, IRenderedEnvironment
{
    /// <summary>Most arms.</summary>
    internal const int MaxArms = 32;

    /// <summary>Most barcodes of an epoch.</summary>
    internal const int MaxContexts = 32;

    /// <summary>Most bits of a barcode.</summary>
    internal const int MaxBits = 24;

    private const double Good = 0.9;

    private readonly int _arms;
    private readonly int _contexts;
    private readonly int _bits;
    private readonly int _repeats;
    private readonly int _pulls;
    private int _episodesLeft; // of the epoch
    private int _context;
    private int _time;
    private int _lastAction;
    private float _lastReward;
    private Numbers _barcodes;
    private Numbers _goodArms;
    private Numbers _repeatsLeft;

    /// <summary>A bandit; the paper's has 10 of everything.</summary>
    /// <param name="arms">Arms, k, 2 to 32.</param>
    /// <param name="contexts">Barcodes of an epoch, n, 1 to 32 and at most 2^bits.</param>
    /// <param name="bits">Length of a barcode, c, 1 to 24.</param>
    /// <param name="repeats">Episodes of each barcode in an epoch, r, at least 1.</param>
    /// <param name="pulls">Pulls of an episode, T, at least 1.</param>
    /// <exception cref="InvalidOptionException">There are fewer barcodes of that length than contexts.</exception>
    public BarcodeBandit(int arms, int contexts, int bits, int repeats, int pulls)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(arms, 2);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(arms, MaxArms);
        ArgumentOutOfRangeException.ThrowIfLessThan(contexts, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(contexts, MaxContexts);
        ArgumentOutOfRangeException.ThrowIfLessThan(bits, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(bits, MaxBits);
        ArgumentOutOfRangeException.ThrowIfLessThan(repeats, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(pulls, 1);
        if (contexts > 1 << bits)
        {
            throw new InvalidOptionException(
                $"There are only {1 << bits} barcodes of {bits} bits for {contexts} contexts. Use more bits or fewer contexts."
            );
        }
        (_arms, _contexts, _bits, _repeats, _pulls) = (arms, contexts, bits, repeats, pulls);
    }

    /// <inheritdoc/>
    public readonly Space ObservationSpace => new Box(0, 1, _bits + _arms + 1);

    /// <inheritdoc/>
    public readonly Space ActionSpace => new Discrete(_arms);

    /// <inheritdoc/>
    public readonly SKSizeI RenderSize => SymbolDrawing.Size;

    /// <summary>The arm that pays in this episode.</summary>
    public readonly int GoodArm => _goodArms[_context];

    /// <inheritdoc/>
    public void Reset(Span<float> observation, ref Pcg64 random)
    {
        if (_episodesLeft == 0)
        {
            StartEpoch(ref random);
        }
        // Without replacement: of what is left in the bag every episode is equally likely.
        int drawn = random.NextInt(0, _episodesLeft--);
        for (_context = 0; drawn >= _repeatsLeft[_context]; _context++)
        {
            drawn -= _repeatsLeft[_context];
        }
        _repeatsLeft[_context]--;
        (_time, _lastAction, _lastReward) = (0, -1, 0);
        Observe(observation);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public StepResult Step(ReadOnlySpan<float> action, Span<float> observation, ref Pcg64 random)
    {
        _lastAction = (int)action[0];
        double probability = _lastAction == GoodArm ? Good : 1 - Good;
        _lastReward = random.NextDouble() < probability ? 1 : 0;
        _time++;
        Observe(observation);
        observation[_bits + _lastAction] = 1;
        return new StepResult(_lastReward, _time == _pulls);
    }

    /// <inheritdoc/>
    public readonly void Render(SKCanvas canvas)
    {
        SymbolDrawing.Clear(canvas);
        SymbolDrawing.Bits(canvas, (uint)_barcodes[_context], _bits, SKRect.Create(20, 5, 280, 14));
        for (int arm = 0; arm < _arms; arm++)
        {
            float worth = arm == GoodArm ? 0.9f : 0.1f;
            BanditDrawing.Arm(canvas, arm, _arms, worth, arm == _lastAction, _lastReward);
        }
        SymbolDrawing.Progress(canvas, RenderSize, (float)_time / _pulls);
    }

    private void StartEpoch(ref Pcg64 random)
    {
        Span<int> arms = stackalloc int[MaxArms];
        for (int arm = 0; arm < _arms; arm++)
        {
            arms[arm] = arm;
        }
        random.Shuffle(arms[.._arms]);
        Span<int> barcodes = _barcodes;
        for (int i = 0; i < _contexts; i++)
        {
            int barcode;
            do
            {
                barcode = random.NextInt(0, 1 << _bits);
            } while (barcodes[..i].Contains(barcode));
            barcodes[i] = barcode;
            _goodArms[i] = i < _arms ? arms[i] : random.NextInt(0, _arms);
            _repeatsLeft[i] = _repeats;
        }
        _episodesLeft = _contexts * _repeats;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly void Observe(Span<float> observation)
    {
        observation[_bits..].Clear();
        BitVectors.Write((uint)_barcodes[_context], observation[.._bits]);
        observation[^1] = _lastReward;
    }

    [InlineArray(MaxContexts)]
    private struct Numbers
    {
        private int _first;
    }
}
