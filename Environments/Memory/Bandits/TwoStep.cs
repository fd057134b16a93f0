using System.Runtime.CompilerServices;
using Environments.Randomness;
using Environments.Rendering;
using Environments.Spaces;
using SkiaSharp;

namespace Environments.Memory.Bandits;

/// <summary>Choose which of two states to reach, mostly with success, and find out which one pays at present (Daw et al. 2011; Wang et al. 2018).</summary>
/// <remarks>
/// A trial is two steps. In the first, action 0 leads to state 1 and action 1 to state 2 with probability 0.8, otherwise to the other one;
/// in the second any action collects 1 with probability 0.9 in the state that is good at present, 0.1 in the other. After a trial the
/// states swap with probability 0.025; either may be good at first. Observation <c>[stage 0, state 1, state 2, last action one-hot (2), last reward]</c>.
/// Terminates after 100 trials unless set otherwise. Expected totals for 100: random 50, Bayes filter 70.6, told the good state 74.
/// </remarks>
public struct TwoStep : IEnvironment, IRenderedEnvironment
{
    private const double Common = 0.8;
    private const double Good = 0.9;
    private const double Swap = 0.025;

    private readonly int _trials;
    private int _trial;
    private int _state; // 0 for the first stage, else where the choice led
    private int _goodState;
    private int _lastAction;
    private float _lastReward;

    /// <summary>A task of <paramref name="trials"/> trials, at least 1.</summary>
    public TwoStep(int trials)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(trials, 1);
        _trials = trials;
    }

    /// <inheritdoc/>
    public readonly Space ObservationSpace => new Box(0, 1, 6);

    /// <inheritdoc/>
    public readonly Space ActionSpace => new Discrete(2);

    /// <inheritdoc/>
    public readonly SKSizeI RenderSize => SymbolDrawing.Size;

    /// <inheritdoc/>
    public void Reset(Span<float> observation, ref Pcg64 random)
    {
        (_trial, _state, _lastAction, _lastReward) = (0, 0, -1, 0);
        _goodState = 1 + random.NextInt(0, 2);
        observation.Clear();
        observation[0] = 1;
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public StepResult Step(ReadOnlySpan<float> action, Span<float> observation, ref Pcg64 random)
    {
        _lastAction = (int)action[0];
        _lastReward = 0;
        double draw = random.NextDouble();
        if (_state == 0)
        {
            _state = draw < Common ? 1 + _lastAction : 2 - _lastAction;
        }
        else
        {
            _lastReward = draw < (_state == _goodState ? Good : 1 - Good) ? 1 : 0;
            _goodState = random.NextDouble() < Swap ? 3 - _goodState : _goodState;
            _state = 0;
            _trial++;
        }
        observation.Clear();
        observation[_state] = 1;
        observation[3 + _lastAction] = 1;
        observation[5] = _lastReward;
        return new StepResult(_lastReward, _trial == _trials);
    }

    /// <inheritdoc/>
    public readonly void Render(SKCanvas canvas)
    {
        SymbolDrawing.Clear(canvas);
        for (int state = 0; state < 3; state++)
        {
            (float x, float y) = state == 0 ? (160f, 35f) : (state == 1 ? 80f : 240f, 105f);
            SKRect place = SKRect.Create(x - 25, y - 25, 50, 50);
            SymbolDrawing.Tile(canvas, place, good: state == _goodState);
            if (state == _state)
            {
                SymbolDrawing.Agent(canvas, x, y, 14);
            }
        }
        if (_lastReward > 0)
        {
            SymbolDrawing.Symbol(canvas, 3, 290, 30, 12);
        }
        SymbolDrawing.Progress(canvas, RenderSize, (float)_trial / _trials);
    }
}
