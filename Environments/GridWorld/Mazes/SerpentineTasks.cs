using System.Runtime.CompilerServices;
using Environments.Randomness;
using Environments.Rendering;
using Environments.Spaces;
using Environments.State;
using SkiaSharp;

namespace Environments.GridWorld.Mazes;

/// <summary>Three tasks in a winding maze, one for each episode: a goal that is near and pays much, and two that are far and pay little.</summary>
/// <remarks>
/// A small case for agents that learn several tasks at once (after Czarnecki et al. 2018, arXiv 1806.01780, section 4.3, who use levels of DeepMind Lab with rewards of different size). 16 × 16 cells
/// as in <see cref="SerpentineMaze"/>; an episode starts in (1, 1) with a task drawn uniformly, whose goal lies 4, 13 or 16 steps away. The nearest pays more, 10 unless told otherwise, the others pay 1.
/// Observation <c>{cell: row × 16 + column, task: its number}</c>; actions 0 up, 1 right, 2 down, 3 left; moves into walls stay. Reaching the goal terminates, as do 100 steps.
/// With an option <c>task</c> every episode has that task.
/// </remarks>
public struct SerpentineTasks : IEnvironment, IRenderedEnvironment, ISavableEnvironment
{
    private const int CellSize = 24;

    private static readonly int[] Distances = [4, 13, 16];
    private static readonly SerpentineGoals Goals = SerpentineGoals.Of([.. Distances.Select(FirstCellAt)]);
    private static readonly Space Observations = new Dict(
        new("cell", new Discrete(SerpentineGoals.Walls.CellCount)),
        new("task", new Discrete(Distances.Length))
    );

    private readonly int _only;
    private readonly float _nearReward;
    private int _task;
    private int _cell;
    private int _lastAction;

    /// <summary>The tasks.</summary>
    /// <param name="only">Number of the task of every episode; negative for one drawn anew each time.</param>
    /// <param name="nearReward">What the nearest goal pays, at least 1.</param>
    public SerpentineTasks(int only, int nearReward)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(nearReward, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(only, Distances.Length);
        (_only, _nearReward) = (only, nearReward);
    }

    /// <inheritdoc/>
    public readonly Space ObservationSpace => Observations;

    /// <inheritdoc/>
    public readonly Space ActionSpace => new Discrete(4);

    /// <inheritdoc/>
    public void Reset(Span<float> observation, ref Pcg64 random)
    {
        int drawn = random.NextInt(0, Distances.Length);
        _task = _only < 0 ? drawn : _only;
        _cell = SerpentineGoals.Walls.Start;
        _lastAction = -1;
        Observe(observation);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public StepResult Step(ReadOnlySpan<float> action, Span<float> observation, ref Pcg64 random)
    {
        _lastAction = (int)action[0];
        _cell = SerpentineGoals.Walls.Move(_cell, _lastAction);
        bool isReached = _cell == Goals.Cells[_task];
        Observe(observation);
        return new StepResult(isReached ? (_task == 0 ? _nearReward : 1) : 0, isReached);
    }

    /// <inheritdoc/>
    public readonly void SaveState(StateDictionary state)
    {
        ArgumentNullException.ThrowIfNull(state);
        state.Set("task", _task);
        state.Set("cell", _cell);
        state.Set("action", _lastAction);
    }

    /// <inheritdoc/>
    public void LoadState(StateDictionary state)
    {
        ArgumentNullException.ThrowIfNull(state);
        _task = state.Get<int>("task");
        _cell = state.Get<int>("cell");
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
        Goals.Draw(painter, _task);
        (int row, int column) = Math.DivRem(_cell, SerpentineGoals.Walls.Size);
        painter.Agent(row, column, _lastAction, new SKColor(200, 40, 50));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly void Observe(Span<float> observation)
    {
        observation[1] = _task;
        observation[0] = _cell;
    }

    // The first free cell, row by row, whose shortest way from the start has as many steps.
    private static int FirstCellAt(int distance)
    {
        SerpentineWalls walls = SerpentineGoals.Walls;
        var steps = new int[walls.CellCount];
        Array.Fill(steps, int.MaxValue);
        steps[walls.Start] = 0;
        var queue = new Queue<int>([walls.Start]);
        while (queue.TryDequeue(out int cell))
        {
            for (int action = 0; action < 4; action++)
            {
                int next = walls.Move(cell, action);
                if (steps[next] == int.MaxValue)
                {
                    steps[next] = steps[cell] + 1;
                    queue.Enqueue(next);
                }
            }
        }
        return Array.IndexOf(steps, distance);
    }
}
