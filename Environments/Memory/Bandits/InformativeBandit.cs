using System.Runtime.CompilerServices;
using Environments.Randomness;
using Environments.Rendering;
using Environments.Spaces;
using SkiaSharp;

namespace Environments.Memory.Bandits;

/// <summary>Ten arms, one of which pays well, and an eleventh that pays little but tells which one (Wang et al. 2016).</summary>
/// <remarks>
/// Observation <c>[last action one-hot (11), last reward, t/T]</c>, zeros at the start. The hidden target among arms 0 to 9 pays 5, the others
/// 1, arm 10 a tenth of the target's place counted from one: 0.1 to 1. Terminates after T pulls, 5 in the paper. The best player pulls
/// arm 10 once and then the target: 5 (T − 1) + 0.55. Random actions score 1.3227 T.
/// </remarks>
public struct InformativeBandit : IEnvironment, IRenderedEnvironment
{
    private const int Informative = 10;
    private const int Arms = 11;

    private readonly int _trials;
    private int _target;
    private int _time;
    private int _lastAction;

    /// <summary>A bandit whose episodes have <paramref name="trials"/> pulls, at least 1.</summary>
    public InformativeBandit(int trials)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(trials, 1);
        _trials = trials;
    }

    /// <inheritdoc/>
    public readonly Space ObservationSpace
    {
        get
        {
            var high = new float[Arms + 2];
            high.AsSpan().Fill(1);
            high[Arms] = 5;
            return new Box(new float[Arms + 2], high);
        }
    }

    /// <inheritdoc/>
    public readonly Space ActionSpace => new Discrete(Arms);

    /// <inheritdoc/>
    public readonly SKSizeI RenderSize => SymbolDrawing.Size;

    /// <inheritdoc/>
    public void Reset(Span<float> observation, ref Pcg64 random)
    {
        (_time, _lastAction) = (0, -1);
        _target = random.NextInt(0, Informative);
        observation.Clear();
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public StepResult Step(ReadOnlySpan<float> action, Span<float> observation, ref Pcg64 random)
    {
        _lastAction = (int)action[0];
        float reward =
            _lastAction == _target ? 5
            : _lastAction == Informative ? 0.1f * (_target + 1)
            : 1;
        _time++;
        observation.Clear();
        observation[_lastAction] = 1;
        observation[Arms] = reward;
        observation[Arms + 1] = (float)_time / _trials;
        return new StepResult(reward, _time == _trials);
    }

    /// <inheritdoc/>
    public readonly void Render(SKCanvas canvas)
    {
        SymbolDrawing.Clear(canvas);
        for (int arm = 0; arm < Arms; arm++)
        {
            float worth =
                arm == _target ? 1
                : arm == Informative ? 0.02f * (_target + 1)
                : 0.2f;
            BanditDrawing.Arm(canvas, arm, Arms, worth, arm == _lastAction, worth);
        }
        SymbolDrawing.Progress(canvas, RenderSize, (float)_time / _trials);
    }
}
