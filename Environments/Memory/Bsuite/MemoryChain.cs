using System.Runtime.CompilerServices;
using Environments.Randomness;
using Environments.Rendering;
using Environments.Spaces;
using SkiaSharp;

namespace Environments.Memory.Bsuite;

/// <summary>Shows some bits at first, asks for one of them at last (Osband et al. 2020, bsuite's <c>memory_len</c> and <c>memory_size</c>).</summary>
/// <remarks>
/// Observation <c>[1 − t/N, query, bits as ±1 (b)]</c>, the query (0 to b − 1) only at t = N − 1, the bits only at t = 0. As in bsuite a step
/// shows what it found before the clock moved on, so the first observation is seen twice; with N = 2 and one bit:
/// <code>
/// step         Reset       Step        Step        Step (terminates)
/// observation  [1, 0, ±1]  [1, 0, ±1]  [½, 0, 0]   [0, 0, 0]
/// reward                   0           0           +1 if the action is the bit, else −1
/// </code>
/// An episode has N + 1 steps. Random actions score 0, memory 1. Draws come from <see cref="Pcg64"/>, not from the <c>RandomState</c> of the
/// original, so seeds give other episodes.
/// </remarks>
public struct MemoryChain : IEnvironment, IRenderedEnvironment
{
    private readonly int _length;
    private readonly int _bits;
    private int _time;
    private int _query;
    private ulong _context;

    /// <summary>A chain.</summary>
    /// <param name="length">N, at least 1.</param>
    /// <param name="bits">Bits to remember, b, 1 to 64.</param>
    public MemoryChain(int length, int bits)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(length, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(bits, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(bits, 64);
        (_length, _bits) = (length, bits);
    }

    /// <inheritdoc/>
    public readonly Space ObservationSpace
    {
        get
        {
            var low = new float[_bits + 2];
            var high = new float[_bits + 2];
            low.AsSpan(2).Fill(-1);
            high.AsSpan().Fill(1);
            high[1] = _bits - 1;
            return new Box(low, high);
        }
    }

    /// <inheritdoc/>
    public readonly Space ActionSpace => new Discrete(2);

    /// <inheritdoc/>
    public readonly SKSizeI RenderSize => SymbolDrawing.Size;

    /// <inheritdoc/>
    public void Reset(Span<float> observation, ref Pcg64 random)
    {
        _time = 0;
        _context = random.NextUInt64();
        _query = random.NextInt(0, _bits);
        Observe(observation);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public StepResult Step(ReadOnlySpan<float> action, Span<float> observation, ref Pcg64 random)
    {
        Observe(observation);
        bool last = _time == _length;
        _time++;
        bool right = (ulong)action[0] == (_context >> _query & 1);
        return new StepResult(
            last
                ? right
                    ? 1
                    : -1
                : 0,
            last
        );
    }

    /// <inheritdoc/>
    public readonly void Render(SKCanvas canvas)
    {
        SymbolDrawing.Clear(canvas);
        SKRect row = SKRect.Create(20, 40, 280, Math.Min(50, 280f / _bits));
        if (_time <= 1)
        {
            SymbolDrawing.Bits(canvas, _context, _bits, row);
        }
        else
        {
            SymbolDrawing.Frame(canvas, row);
        }
        if (_time >= _length)
        {
            SymbolDrawing.Symbol(canvas, 2, row.Left + (_query + 0.5f) * row.Width / _bits, row.Bottom + 20, 10);
        }
        SymbolDrawing.Progress(canvas, RenderSize, _time / (_length + 1f));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly void Observe(Span<float> observation)
    {
        observation.Clear();
        observation[1] = _time == _length - 1 ? _query : 0;
        observation[0] = 1 - (float)_time / _length;
        if (_time == 0)
        {
            for (int i = 2; i < observation.Length; i++)
            {
                observation[i] = (_context >> (i - 2) & 1) != 0 ? 1 : -1;
            }
        }
    }
}
