using System.Runtime.CompilerServices;
using Environments.Randomness;
using Environments.Rendering;
using Environments.Spaces;
using SkiaSharp;

namespace Environments.Memory;

/// <summary>Shows a sequence of symbols and, after a delay, wants it back in the same order.</summary>
/// <remarks>
/// Observation <c>[symbol one-hot (8), go]</c>: n steps with a symbol, d blank ones, n with only the go bit. Action k names symbol k; while
/// go is shown each right answer pays 1/n, all else 0. Terminates after 2n + d steps. Random actions score 1/8, memory 1.
/// </remarks>
public struct Copy : IEnvironment, IRenderedEnvironment
{
    private const int Alphabet = 8;
    private const int MaxLength = 64;

    private readonly int _length;
    private readonly int _delay;
    private int _time;
    private Symbols _symbols;

    /// <summary>A task of the given size.</summary>
    /// <param name="length">Symbols in the sequence, n, 1 to 64.</param>
    /// <param name="delay">Blank steps, d, at least 0.</param>
    public Copy(int length, int delay)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(length, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, MaxLength);
        ArgumentOutOfRangeException.ThrowIfNegative(delay);
        (_length, _delay) = (length, delay);
    }

    /// <inheritdoc/>
    public readonly Space ObservationSpace => new Box(0, 1, Alphabet + 1);

    /// <inheritdoc/>
    public readonly Space ActionSpace => new Discrete(Alphabet);

    /// <inheritdoc/>
    public readonly SKSizeI RenderSize => SymbolDrawing.Size;

    private readonly int Begin => _length + _delay;

    private readonly int End => 2 * _length + _delay;

    /// <inheritdoc/>
    public void Reset(Span<float> observation, ref Pcg64 random)
    {
        _time = 0;
        Span<byte> symbols = _symbols;
        foreach (ref byte symbol in symbols[.._length])
        {
            symbol = (byte)random.NextInt(0, Alphabet);
        }
        Observe(observation);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public StepResult Step(ReadOnlySpan<float> action, Span<float> observation, ref Pcg64 random)
    {
        int answer = _time - Begin;
        float reward = answer >= 0 && (int)action[0] == _symbols[answer] ? 1f / _length : 0;
        _time++;
        Observe(observation);
        return new StepResult(reward, _time == End);
    }

    /// <inheritdoc/>
    public readonly void Render(SKCanvas canvas)
    {
        SymbolDrawing.Clear(canvas);
        SymbolDrawing.Tile(canvas, SKRect.Create(20, 110, 280, 20), good: _time >= Begin);
        float width = 280f / _length;
        for (int i = 0; i < _length; i++)
        {
            bool current = i == _time || i == _time - Begin;
            float radius = Math.Min(width / 2 - 1, current ? 34 : 20);
            SymbolDrawing.Symbol(canvas, _symbols[i], 20 + (i + 0.5f) * width, 60, Math.Max(radius, 2), strong: i == _time);
        }
        SymbolDrawing.Progress(canvas, RenderSize, (float)_time / End);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly void Observe(Span<float> observation)
    {
        observation.Clear();
        if (_time < _length)
        {
            observation[_symbols[_time]] = 1;
        }
        observation[Alphabet] = _time >= Begin && _time < End ? 1 : 0;
    }

    [InlineArray(MaxLength)]
    private struct Symbols
    {
        private byte _first;
    }
}
