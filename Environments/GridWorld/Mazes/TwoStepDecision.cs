using Environments.Randomness;
using Environments.Rendering;
using Environments.Spaces;
using Environments.Tabular;
using SkiaSharp;

namespace Environments.GridWorld.Mazes;

/// <summary>Two decisions without reward: the smallest task in which distillation on the student's own states is no gradient (Czarnecki et al. 2019).</summary>
/// <remarks>
/// Observation: one integer. From 0 action 0 leads to 1 and action 1 to 2; any action there terminates, and the last observation repeats.
/// The reward is always 0.
/// </remarks>
public struct TwoStepDecision : IEnvironment, ITabularEnvironment, IRenderedEnvironment
{
    private static readonly TabularModel Decisions = new(
        3,
        2,
        (state, action) => [state == 0 ? new Transition(1, 1 + action, 0) : new Transition(1, state, 0, true)],
        state => state == 0 ? 1 : 0
    );
    private static readonly Discrete Observations = new(3);
    private static readonly Discrete Actions = new(2);

    private int _state;

    /// <inheritdoc/>
    public readonly Space ObservationSpace => Observations;

    /// <inheritdoc/>
    public readonly Space ActionSpace => Actions;

    /// <inheritdoc/>
    public readonly ITabularModel Model => Decisions;

    /// <inheritdoc/>
    public readonly int State => _state;

    /// <inheritdoc/>
    public void Reset(Span<float> observation, ref Pcg64 random)
    {
        _state = Decisions.Table.Start(ref random);
        observation[0] = _state;
    }

    /// <inheritdoc/>
    public StepResult Step(ReadOnlySpan<float> action, Span<float> observation, ref Pcg64 random)
    {
        StepResult result = Decisions.Table.Step(ref _state, (int)action[0], ref random);
        observation[0] = _state;
        return result;
    }

    /// <inheritdoc/>
    public readonly SKSizeI RenderSize => new(240, 160);

    /// <inheritdoc/>
    public readonly void Render(SKCanvas canvas)
    {
        ArgumentNullException.ThrowIfNull(canvas);
        canvas.Clear(new SKColor(238, 238, 232));
        using var painter = new CellPainter(canvas, 80);
        painter.Line(0.5f, 1.5f, 1.5f, 0.5f, 0.05f, SKColors.Gray);
        painter.Line(0.5f, 1.5f, 1.5f, 2.5f, 0.05f, SKColors.Gray);
        for (int state = 0; state < 3; state++)
        {
            SKColor colour = state == _state ? new SKColor(200, 40, 50) : new SKColor(170, 170, 166);
            painter.Disc(state == 0 ? 0 : 1, state == 0 ? 1 : 2 * (state - 1), 0.3f, colour);
        }
    }
}
