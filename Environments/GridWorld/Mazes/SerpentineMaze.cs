using System.Runtime.CompilerServices;
using Environments.Randomness;
using Environments.Rendering;
using Environments.Spaces;
using Environments.State;
using Environments.Tabular;
using SkiaSharp;

namespace Environments.GridWorld.Mazes;

/// <summary>Find the episode's goal in a winding maze; a policy that is not shown the goal can learn only to move on without turning back.</summary>
/// <remarks>
/// A task for default policies that see less than the agent (after Galashov et al. 2019). 16 × 16 cells with 152 free ones; each episode
/// starts in (1, 1) with one of the goals drawn uniformly.
/// Observation <c>[goal's number, cell (row × 16 + column), last action + 1 (0 at first), walls around (bits up, right, down, left)]</c>:
/// the first two are the agent's alone, a default policy gets the last two. Actions 0 up, 1 right, 2 down, 3 left; moves into walls stay.
/// Reward 1 on reaching the goal, which terminates.
/// </remarks>
public struct SerpentineMaze : IEnvironment, ITabularEnvironment, IRenderedEnvironment, ISavableEnvironment
{
    private const int CellSize = 24;

    private static readonly Discrete Actions = new(4);

    private readonly SerpentineGoals _goals;
    private int _state;
    private int _lastAction;

    /// <summary>A maze with the given goals.</summary>
    public SerpentineMaze(SerpentineGoals goals)
    {
        ArgumentNullException.ThrowIfNull(goals);
        _goals = goals;
    }

    /// <inheritdoc/>
    public readonly Space ObservationSpace => new MultiDiscrete(_goals.Cells.Length, SerpentineGoals.Walls.CellCount, 5, 16);

    /// <inheritdoc/>
    public readonly Space ActionSpace => Actions;

    /// <inheritdoc/>
    public readonly ITabularModel Model => _goals.Model;

    /// <inheritdoc/>
    public readonly int State => _state;

    /// <inheritdoc/>
    public void Reset(Span<float> observation, ref Pcg64 random)
    {
        _state = _goals.Table.Start(ref random);
        _lastAction = -1;
        Observe(observation);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public StepResult Step(ReadOnlySpan<float> action, Span<float> observation, ref Pcg64 random)
    {
        _lastAction = (int)action[0];
        StepResult result = _goals.Table.Step(ref _state, _lastAction, ref random);
        Observe(observation);
        return result;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly void Observe(Span<float> observation)
    {
        int cell = _state & 255;
        observation[3] = _goals.WallPatterns[cell];
        observation[0] = _state >> 8;
        observation[1] = cell;
        observation[2] = _lastAction + 1;
    }

    /// <inheritdoc/>
    public readonly void SaveState(StateDictionary state)
    {
        ArgumentNullException.ThrowIfNull(state);
        state.Set("state", _state);
        state.Set("action", _lastAction);
    }

    /// <inheritdoc/>
    public void LoadState(StateDictionary state)
    {
        ArgumentNullException.ThrowIfNull(state);
        _state = state.Get<int>("state");
        _lastAction = state.Get<int>("action");
    }

    /// <inheritdoc/>
    public readonly SKSizeI RenderSize => new(SerpentineGoals.Walls.Size * CellSize, SerpentineGoals.Walls.Size * CellSize);

    /// <inheritdoc/>
    public readonly void Render(SKCanvas canvas)
    {
        ArgumentNullException.ThrowIfNull(canvas);
        canvas.Clear(new SKColor(200, 200, 196));
        using var painter = new CellPainter(canvas, CellSize);
        _goals.Draw(painter, _state >> 8);
        (int row, int column) = Math.DivRem(_state & 255, SerpentineGoals.Walls.Size);
        painter.Agent(row, column, _lastAction, new SKColor(200, 40, 50));
    }
}
