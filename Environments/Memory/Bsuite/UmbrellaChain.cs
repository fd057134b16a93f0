using System.Runtime.CompilerServices;
using Environments.Randomness;
using Environments.Rendering;
using Environments.Spaces;
using SkiaSharp;

namespace Environments.Memory.Bsuite;

/// <summary>The first action takes an umbrella or not; only the last step tells whether that was right (bsuite's <c>umbrella_length</c>, <c>umbrella_distract</c>).</summary>
/// <remarks>
/// Observation <c>[needed, held, 1 − t/N, random bits (d)]</c>, the bits drawn anew each time. Action 1 of the first step takes the
/// umbrella, 0 leaves it. Step N terminates with +1 if held = needed, else −1; before, rewards are ±1 by chance. In expectation random
/// actions score 0 and the optimum is 1. Draws come from <see cref="Pcg64"/>, not from the <c>RandomState</c> of the original, so seeds
/// give other episodes.
/// </remarks>
public struct UmbrellaChain : IEnvironment, IRenderedEnvironment
{
    private readonly int _length;
    private readonly int _distractors;
    private int _time;
    private bool _needed;
    private bool _held;

    /// <summary>A chain.</summary>
    /// <param name="length">Steps of an episode, N, at least 1.</param>
    /// <param name="distractors">Random bits in each observation, d, at least 0.</param>
    public UmbrellaChain(int length, int distractors)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(length, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(distractors);
        (_length, _distractors) = (length, distractors);
    }

    /// <inheritdoc/>
    public readonly Space ObservationSpace => new Box(0, 1, 3 + _distractors);

    /// <inheritdoc/>
    public readonly Space ActionSpace => new Discrete(2);

    /// <inheritdoc/>
    public readonly SKSizeI RenderSize => SymbolDrawing.Size;

    /// <inheritdoc/>
    public void Reset(Span<float> observation, ref Pcg64 random)
    {
        _time = 0;
        _needed = random.NextInt(0, 2) == 1;
        _held = random.NextInt(0, 2) == 1;
        Observe(observation, ref random);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public StepResult Step(ReadOnlySpan<float> action, Span<float> observation, ref Pcg64 random)
    {
        _time++;
        if (_time == 1)
        {
            _held = action[0] != 0;
        }
        bool last = _time == _length;
        bool pays = last ? _held == _needed : random.NextInt(0, 2) == 1;
        Observe(observation, ref random);
        return new StepResult(pays ? 1 : -1, last);
    }

    /// <inheritdoc/>
    public readonly void Render(SKCanvas canvas)
    {
        SymbolDrawing.Clear(canvas);
        SymbolDrawing.Symbol(canvas, _needed ? 1 : 3, 90, 65, 35); // rain or sun
        SymbolDrawing.Symbol(canvas, 2, 230, 65, 35, strong: _held);
        SymbolDrawing.Progress(canvas, RenderSize, (float)_time / _length);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly void Observe(Span<float> observation, ref Pcg64 random)
    {
        observation[2] = 1 - (float)_time / _length;
        observation[0] = _needed ? 1 : 0;
        observation[1] = _held ? 1 : 0;
        Span<float> bits = observation[3..];
        while (bits.Length > 0)
        {
            int count = Math.Min(bits.Length, 64);
            BitVectors.Write(random.NextUInt64(), bits[..count]);
            bits = bits[count..];
        }
    }
}
