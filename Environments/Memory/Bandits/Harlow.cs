using System.Runtime.CompilerServices;
using Environments.Randomness;
using Environments.Rendering;
using Environments.Spaces;
using SkiaSharp;

namespace Environments.Memory.Bandits;

/// <summary>Find out by one guess which of two new objects pays, then always choose it, wherever it stands (Harlow 1949; abstract form of Wang et al. 2018).</summary>
/// <remarks>
/// An episode has two objects, different random vectors of bits. In each trial they stand left and right in random order.
/// Observation <c>[left object, right object, last action one-hot (2), last reward]</c>; action 0 takes the left, 1 the right one; the
/// rewarded object pays 1. With six trials random actions score 3 and the optimum is 5.5: the first trial is a guess. Without the
/// fixation phase and the punishments of the paper's visual form. After the last trial the objects are shown once more.
/// </remarks>
public struct Harlow : IEnvironment, IRenderedEnvironment
{
    private readonly int _trials;
    private readonly int _bits;
    private int _trial;
    private bool _rewardedRight;
    private float _lastReward;
    private ulong _rewarded;
    private ulong _other;

    /// <summary>A task.</summary>
    /// <param name="trials">Trials of an episode, at least 1.</param>
    /// <param name="bits">Bits of an object, 1 to 32.</param>
    public Harlow(int trials, int bits)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(trials, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(bits, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(bits, 32);
        (_trials, _bits) = (trials, bits);
    }

    /// <inheritdoc/>
    public readonly Space ObservationSpace => new Box(0, 1, 2 * _bits + 3);

    /// <inheritdoc/>
    public readonly Space ActionSpace => new Discrete(2);

    /// <inheritdoc/>
    public readonly SKSizeI RenderSize => SymbolDrawing.Size;

    private readonly ulong Left => _rewardedRight ? _other : _rewarded;

    private readonly ulong Right => _rewardedRight ? _rewarded : _other;

    /// <inheritdoc/>
    public void Reset(Span<float> observation, ref Pcg64 random)
    {
        (_trial, _lastReward) = (0, 0);
        ulong mask = (1UL << _bits) - 1;
        _rewarded = random.NextUInt64() & mask;
        do
        {
            _other = random.NextUInt64() & mask;
        } while (_other == _rewarded);
        observation.Clear();
        Place(observation, ref random);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public StepResult Step(ReadOnlySpan<float> action, Span<float> observation, ref Pcg64 random)
    {
        bool right = action[0] != 0;
        _lastReward = right == _rewardedRight ? 1 : 0;
        _trial++;
        Place(observation, ref random);
        observation[2 * _bits] = right ? 0 : 1;
        observation[2 * _bits + 1] = right ? 1 : 0;
        observation[2 * _bits + 2] = _lastReward;
        return new StepResult(_lastReward, _trial == _trials);
    }

    /// <inheritdoc/>
    public readonly void Render(SKCanvas canvas)
    {
        SymbolDrawing.Clear(canvas);
        SymbolDrawing.Bits(canvas, Left, _bits, SKRect.Create(15, 55, 130, 30));
        SymbolDrawing.Bits(canvas, Right, _bits, SKRect.Create(175, 55, 130, 30));
        SymbolDrawing.Symbol(canvas, 2, _rewardedRight ? 240 : 80, 105, 10, strong: false);
        if (_lastReward > 0)
        {
            SymbolDrawing.Symbol(canvas, 3, 160, 25, 12);
        }
        SymbolDrawing.Progress(canvas, RenderSize, (float)_trial / _trials);
    }

    private void Place(Span<float> observation, ref Pcg64 random)
    {
        _rewardedRight = random.NextInt(0, 2) == 1;
        BitVectors.Write(Left, observation[.._bits]);
        BitVectors.Write(Right, observation.Slice(_bits, _bits));
    }
}
