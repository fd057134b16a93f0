using System.Runtime.CompilerServices;
using Environments.Randomness;
using Environments.Rendering;
using Environments.Spaces;
using SkiaSharp;

namespace Environments.Memory.Bandits;

/// <summary>Arms that pay 1 with probabilities drawn anew for each episode: learning to explore (Wang et al. 2016; Duan et al. 2016).</summary>
/// <remarks>
/// Observation <c>[last action one-hot (k), last reward, t/T]</c>, zeros at the start. Terminates after T pulls. Random actions score T/2.
/// Two arms, T = 100, expected total of the Bayes-optimal player and of one who knows the better arm: independent 64.92 and 66.67,
/// uniform 73.78 and 75, easy 89.38 and 90, medium 74 and 75, hard 57.69 and 60.
/// </remarks>
public struct Bandit : IEnvironment, IRenderedEnvironment
{
    /// <summary>Most arms.</summary>
    internal const int MaxArms = 50;

    private readonly int _arms;
    private readonly int _trials;
    private readonly BanditFamily _family;
    private int _time;
    private int _lastAction;
    private float _lastReward;
    private Probabilities _probabilities;

    /// <summary>A bandit.</summary>
    /// <param name="family">How probabilities are drawn; all but independent have two arms.</param>
    /// <param name="trials">Pulls of an episode, T, at least 1.</param>
    /// <param name="arms">Arms, k, 2 to 50.</param>
    public Bandit(BanditFamily family, int trials, int arms = 2)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(trials, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(arms, 2);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(
            arms,
            family switch
            {
                BanditFamily.Independent => MaxArms,
                BanditFamily.Uniform or BanditFamily.Easy or BanditFamily.Medium or BanditFamily.Hard => 2,
            }
        );
        (_family, _trials, _arms) = (family, trials, arms);
    }

    /// <inheritdoc/>
    public readonly Space ObservationSpace => new Box(0, 1, _arms + 2);

    /// <inheritdoc/>
    public readonly Space ActionSpace => new Discrete(_arms);

    /// <inheritdoc/>
    public readonly SKSizeI RenderSize => SymbolDrawing.Size;

    /// <summary>Probability with which an arm pays in this episode.</summary>
    public readonly double ProbabilityOf(int arm) => _probabilities[arm];

    /// <inheritdoc/>
    public void Reset(Span<float> observation, ref Pcg64 random)
    {
        (_time, _lastAction, _lastReward) = (0, -1, 0);
        if (_family == BanditFamily.Independent)
        {
            for (int arm = 0; arm < _arms; arm++)
            {
                _probabilities[arm] = random.NextDouble();
            }
        }
        else
        {
            (double better, int first) = _family switch
            {
                BanditFamily.Uniform => (random.NextDouble(), 0),
                BanditFamily.Easy => (0.9, random.NextInt(0, 2)),
                BanditFamily.Medium => (0.75, random.NextInt(0, 2)),
                BanditFamily.Hard => (0.6, random.NextInt(0, 2)),
                _ => throw new SwitchExpressionException(_family),
            };
            _probabilities[first] = better;
            _probabilities[1 - first] = 1 - better;
        }
        observation.Clear();
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public StepResult Step(ReadOnlySpan<float> action, Span<float> observation, ref Pcg64 random)
    {
        _lastAction = (int)action[0];
        _lastReward = random.NextDouble() < _probabilities[_lastAction] ? 1 : 0;
        _time++;
        observation.Clear();
        observation[_lastAction] = 1;
        observation[_arms] = _lastReward;
        observation[_arms + 1] = (float)_time / _trials;
        return new StepResult(_lastReward, _time == _trials);
    }

    /// <inheritdoc/>
    public readonly void Render(SKCanvas canvas)
    {
        SymbolDrawing.Clear(canvas);
        for (int arm = 0; arm < _arms; arm++)
        {
            BanditDrawing.Arm(canvas, arm, _arms, (float)_probabilities[arm], arm == _lastAction, _lastReward);
        }
        SymbolDrawing.Progress(canvas, RenderSize, (float)_time / _trials);
    }

    [InlineArray(MaxArms)]
    private struct Probabilities
    {
        private double _first;
    }
}
