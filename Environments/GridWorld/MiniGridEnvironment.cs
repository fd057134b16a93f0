using Environments.Randomness;
using Environments.Rendering;
using Environments.Spaces;
using SkiaSharp;

namespace Environments.GridWorld;

/// <summary>A task of the MiniGrid family (Chevalier-Boisvert et al. 2023; Farama's Minigrid 3.1), seen from the agent's position.</summary>
/// <typeparam name="TLayout">The task; a struct, so that its loop is compiled for it.</typeparam>
/// <remarks>
/// Observation: type, colour and state of the 7 × 7 cells in front of the agent, <c>[column][row][3]</c> bytes as the original's <c>image</c>;
/// the agent stands at column 3 of row 6 and looks towards row 0, and its own cell shows what it carries. Types up to 8, colours up to 5, states up
/// to 2, though the bounds are the original's 0 to 255. Direction and mission are left out: networks are usually given the image alone.
/// Actions are <see cref="MiniGridAction"/>. Reward 1 − 0.9 × steps / <see cref="IMiniGridLayout.MaxSteps"/> when the task is done, which terminates; else 0.
/// The world of a seed is the original's of that seed.
/// </remarks>
public struct MiniGridEnvironment<TLayout> : IEnvironment, IRenderedEnvironment
    where TLayout : struct, IMiniGridLayout
{
    private static readonly Box Observations = new(0, 255, MiniGridView.Size, MiniGridView.Size, 3)
    {
        ElementType = ElementType.UInt8,
    };
    private static readonly Discrete Actions = new(7);

    private TLayout _layout;
    private MiniGrid _grid;
    private int _steps;

    /// <summary>A world of the given layout; an empty room until it is reset.</summary>
    public MiniGridEnvironment(TLayout layout)
    {
        if (layout.Width is < 3 or > MiniGrid.MaxSize || layout.Height is < 3 or > MiniGrid.MaxSize)
        {
            throw new ArgumentException(
                $"The layout is {layout.Width} x {layout.Height} cells; each side must be 3 to {MiniGrid.MaxSize} cells long.",
                nameof(layout)
            );
        }
        _layout = layout;
        _grid = new MiniGrid(layout.Width, layout.Height);
        _grid.SetAgent(1, 1, 0);
    }

    /// <inheritdoc/>
    public readonly Space ObservationSpace => Observations;

    /// <inheritdoc/>
    public readonly Space ActionSpace => Actions;

    /// <inheritdoc/>
    public readonly SKSizeI RenderSize => MiniGridPainter.SizeOf(_grid);

    /// <summary>The world after the latest reset or step.</summary>
    public readonly MiniGrid Grid => _grid;

    /// <inheritdoc/>
    public void Reset(Span<float> observation, ref Pcg64 random)
    {
        _grid.Clear(_layout.Width, _layout.Height);
        _layout.Generate(ref _grid, ref random);
        _steps = 0;
        MiniGridView.Of(_grid, TLayout.SeesThroughWalls).Write(observation);
    }

    /// <inheritdoc/>
    public StepResult Step(ReadOnlySpan<float> action, Span<float> observation, ref Pcg64 random)
    {
        _steps++;
        var chosen = (MiniGridAction)(int)action[0];
        if (TLayout.PickUpToggles && chosen == MiniGridAction.PickUp)
        {
            chosen = MiniGridAction.Toggle;
        }
        bool atGoal = _grid.Act(chosen);
        MiniGridOutcome outcome = _layout.Judge(_grid, chosen);
        bool success = atGoal | outcome == MiniGridOutcome.Success;
        MiniGridView.Of(_grid, TLayout.SeesThroughWalls).Write(observation);
        double reward = success ? 1 - 0.9 * ((double)_steps / _layout.MaxSteps) : 0;
        return new StepResult((float)reward, success | outcome == MiniGridOutcome.Failure);
    }

    /// <inheritdoc/>
    public readonly void Render(SKCanvas canvas) =>
        MiniGridPainter.Paint(canvas, _grid, MiniGridView.Of(_grid, TLayout.SeesThroughWalls));
}
