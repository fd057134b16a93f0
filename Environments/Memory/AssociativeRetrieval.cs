using System.Runtime.CompilerServices;
using Environments.Randomness;
using Environments.Rendering;
using Environments.Spaces;
using SkiaSharp;

namespace Environments.Memory;

/// <summary>Shows pairs of a letter and a digit, then one of the letters, and wants its digit (Ba et al. 2016, section 4.1).</summary>
/// <remarks>
/// Observation: a symbol; letters are 0 to L − 1, digits L to L + 9, and the question mark L + 10. An episode shows n pairs, two question marks and a
/// letter of the pairs. Letters of an episode differ, digits may not. Action k names digit k; the action after the last letter pays 1 if it is right and
/// terminates, all else pays 0. With n = 2 and L = 26, for <c>c9k8??c</c>:
/// <code>
/// step         Reset  Step  Step  Step  Step  Step  Step  Step (terminates)
/// observation  c      9     k     8     ?     ?     c     ?
/// reward              0     0     0     0     0     0     1 if 9 was named
/// </code>
/// Random actions score 1/10, naming one of the episode's digits at least 1/n, memory 1.
/// </remarks>
public struct AssociativeRetrieval : IEnvironment, IRenderedEnvironment
{
    private const int Digits = 10;
    private const int MaxPairs = 32;

    private readonly int _pairs;
    private readonly int _letters;
    private int _time;
    private int _asked;
    private Row _shownLetters;
    private Row _shownDigits;

    /// <summary>A task of the given size.</summary>
    /// <param name="pairs">Pairs of an episode, n, 1 to 32.</param>
    /// <param name="letters">Letters of the alphabet, L, at least as many as pairs, at most 1,000.</param>
    public AssociativeRetrieval(int pairs, int letters)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(pairs, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(pairs, MaxPairs);
        ArgumentOutOfRangeException.ThrowIfLessThan(letters, pairs); // since the letters of an episode differ
        ArgumentOutOfRangeException.ThrowIfGreaterThan(letters, 1_000);
        (_pairs, _letters) = (pairs, letters);
    }

    /// <inheritdoc/>
    public readonly Space ObservationSpace => new Discrete(_letters + Digits + 1);

    /// <inheritdoc/>
    public readonly Space ActionSpace => new Discrete(Digits);

    /// <inheritdoc/>
    public readonly SKSizeI RenderSize => SymbolDrawing.Size;

    private readonly int Last => 2 * _pairs + 2;

    /// <inheritdoc/>
    public void Reset(Span<float> observation, ref Pcg64 random)
    {
        _time = 0;
        _asked = random.NextInt(0, _pairs);
        Span<short> letters = _shownLetters;
        Span<short> digits = _shownDigits;
        for (int pair = 0; pair < _pairs; pair++)
        {
            short letter;
            do
            {
                letter = (short)random.NextInt(0, _letters);
            } while (letters[..pair].Contains(letter));
            letters[pair] = letter;
            digits[pair] = (short)random.NextInt(0, Digits);
        }
        observation[0] = Symbol(_time);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public StepResult Step(ReadOnlySpan<float> action, Span<float> observation, ref Pcg64 random)
    {
        bool asked = _time == Last;
        float reward = asked && (int)action[0] == _shownDigits[_asked] ? 1 : 0;
        _time++;
        observation[0] = Symbol(_time);
        return new StepResult(reward, asked);
    }

    /// <inheritdoc/>
    public readonly void Render(SKCanvas canvas)
    {
        SymbolDrawing.Clear(canvas);
        float width = 280f / (2 * _pairs);
        float radius = Math.Min(20, width / 2 - 1);
        for (int i = 0; i < 2 * _pairs; i++)
        {
            SymbolDrawing.Symbol(canvas, Symbol(i), 20 + (i + 0.5f) * width, 50, Math.Max(radius, 2), strong: i == _time);
        }
        SymbolDrawing.Symbol(canvas, _shownLetters[_asked], 160, 115, 22, strong: _time == Last);
        SymbolDrawing.Progress(canvas, RenderSize, Math.Min(1, (float)_time / Last));
    }

    private readonly int Symbol(int time)
    {
        if (time < 2 * _pairs)
        {
            return time % 2 == 0 ? _shownLetters[time / 2] : _letters + _shownDigits[time / 2];
        }
        return time == Last ? _shownLetters[_asked] : _letters + Digits;
    }

    [InlineArray(MaxPairs)]
    private struct Row
    {
        private short _first;
    }
}
