using System.Runtime.CompilerServices;
using Environments.Randomness;
using Environments.Rendering;
using Environments.Spaces;
using SkiaSharp;

namespace Environments.Memory;

/// <summary>Shows a cue once and asks for it some steps later; solvable only with memory.</summary>
/// <remarks>
/// Observation <c>[cue one-hot (K), go, random bits]</c>, all 0 or 1; action k names symbol k. The reward is +1 or −1 for the action that
/// answers the go bit, and 0 before; that step terminates. With a delay of 2 and no random bits:
/// <code>
/// step         Reset         Step        Step        Step (terminates)
/// observation  [cue, 0]      [0…, 0]     [0…, 1]     [0…, 0]
/// reward                     0           0           +1 if right, −1 if wrong
/// </code>
/// Random actions score −1 + 2/K, memory 1. The cued recall by which recurrent cores and attention are commonly compared.
/// </remarks>
public struct Recall : IEnvironment, IRenderedEnvironment
{
    private readonly int _delay;
    private readonly int _symbols;
    private readonly int _distractors;
    private readonly bool _reminder;
    private int _time;
    private int _cue;
    private uint _noise;

    /// <summary>A task of the given size.</summary>
    /// <param name="delay">Steps from the cue to the go bit, N, at least 1.</param>
    /// <param name="symbols">Symbols, K, at least 2.</param>
    /// <param name="distractors">Random bits in each observation, 0 to 32.</param>
    /// <param name="reminder">Whether the cue stands beside the go bit, too: a control that needs no memory.</param>
    public Recall(int delay, int symbols = 4, int distractors = 3, bool reminder = false)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(delay, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(symbols, 2);
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)distractors, 32u, nameof(distractors));
        (_delay, _symbols, _distractors, _reminder) = (delay, symbols, distractors, reminder);
    }

    /// <inheritdoc/>
    public readonly Space ObservationSpace => new Box(0, 1, _symbols + 1 + _distractors);

    /// <inheritdoc/>
    public readonly Space ActionSpace => new Discrete(_symbols);

    /// <inheritdoc/>
    public readonly SKSizeI RenderSize => SymbolDrawing.Size;

    /// <inheritdoc/>
    public void Reset(Span<float> observation, ref Pcg64 random)
    {
        _time = 0;
        _cue = random.NextInt(0, _symbols);
        Observe(observation, ref random);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public StepResult Step(ReadOnlySpan<float> action, Span<float> observation, ref Pcg64 random)
    {
        bool asked = _time == _delay;
        float reward = asked
            ? (int)action[0] == _cue
                ? 1
                : -1
            : 0;
        _time++;
        Observe(observation, ref random);
        return new StepResult(reward, asked);
    }

    /// <inheritdoc/>
    public readonly void Render(SKCanvas canvas)
    {
        SymbolDrawing.Clear(canvas);
        SymbolDrawing.Symbol(canvas, _cue, 80, 70, 40, strong: _time == 0 || (_reminder && _time == _delay));
        SymbolDrawing.Tile(canvas, SKRect.Create(150, 50, 40, 40), good: _time == _delay);
        SymbolDrawing.Bits(canvas, _noise, _distractors, SKRect.Create(220, 55, 80, 30));
        SymbolDrawing.Progress(canvas, RenderSize, (float)_time / _delay);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Observe(Span<float> observation, ref Pcg64 random)
    {
        observation.Clear();
        if (_time == 0 || (_reminder && _time == _delay))
        {
            observation[_cue] = 1;
        }
        observation[_symbols] = _time == _delay ? 1 : 0;
        if (_distractors > 0)
        {
            _noise = random.NextUInt32();
            BitVectors.Write(_noise, observation[(_symbols + 1)..]);
        }
    }
}
