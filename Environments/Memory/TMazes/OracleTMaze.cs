using System.Runtime.CompilerServices;
using Environments.Randomness;
using Environments.Rendering;
using Environments.Spaces;
using SkiaSharp;

namespace Environments.Memory.TMazes;

/// <summary>Learn at an oracle on which side of a distant junction the goal lies (Ni et al. 2023, "When do transformers shine in RL?").</summary>
/// <remarks>
/// Cells: a corridor from x = 0, the oracle, to the junction, and a goal cell above and below the junction (y = ±1). The passive maze
/// starts at the oracle, the active one a cell beside it, so that asking is a decision. Actions 0 right, 1 up, 2 left, 3 down; moving
/// where there is no cell is standing still. Observation of two values: <c>[0, goal's y]</c> on the first visit of the oracle and
/// <c>[0, 0]</c> on later ones and in the corridor, <c>[1, y]</c> at the junction and in the goal cells.
/// Every episode terminates after N + 2o + 1 steps (o = 0 passive, 1 active), and pays 1 then if the agent is in the goal cell. Before, a step
/// costs 1/N while x lags behind a walk straight to the junction (x &lt; t − o). Optimum 1; memoryless at best 0.5.
/// </remarks>
public struct OracleTMaze : IEnvironment, IRenderedEnvironment
{
    private readonly int _length;
    private readonly int _offset;
    private int _x;
    private int _y;
    private int _goal;
    private int _time;
    private bool _visited;

    /// <summary>A maze.</summary>
    /// <param name="length">Cells from the start to the junction, N, at least 1.</param>
    /// <param name="active">Whether the start lies a cell beside the oracle.</param>
    public OracleTMaze(int length, bool active)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(length, 1);
        (_length, _offset) = (length, active ? 1 : 0);
    }

    /// <inheritdoc/>
    public readonly Space ObservationSpace => new Box([0, -1], [1, 1]);

    /// <inheritdoc/>
    public readonly Space ActionSpace => new Discrete(4);

    /// <inheritdoc/>
    public readonly SKSizeI RenderSize => TMazeDrawing.Size;

    private readonly int Junction => _offset + _length;

    private readonly int Duration => _length + 2 * _offset + 1;

    /// <inheritdoc/>
    public void Reset(Span<float> observation, ref Pcg64 random)
    {
        (_x, _y, _time, _visited) = (_offset, 0, 0, false);
        _goal = 2 * random.NextInt(0, 2) - 1;
        Observe(observation);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public StepResult Step(ReadOnlySpan<float> action, Span<float> observation, ref Pcg64 random)
    {
        int direction = (int)action[0];
        bool along = (direction & 1) == 0;
        int step = direction < 2 ? 1 : -1;
        if (along && _y == 0)
        {
            _x = Math.Clamp(_x + step, 0, Junction);
        }
        else if (!along && _x == Junction)
        {
            _y = Math.Clamp(_y + step, -1, 1);
        }
        _time++;
        Observe(observation);
        bool last = _time == Duration;
        float reward = last
            ? _y == _goal
                ? 1
                : 0
            : _x < _time - _offset
                ? -1f / _length
                : 0;
        return new StepResult(reward, last);
    }

    /// <inheritdoc/>
    public readonly void Render(SKCanvas canvas)
    {
        TMazeDrawing.Draw(canvas, Junction, _offset, _x, _y, _goal, shown: _x == 0 && _time == _offset);
        SymbolDrawing.Progress(canvas, RenderSize, (float)_time / Duration);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Observe(Span<float> observation)
    {
        observation[1] = _y;
        observation[0] = _x == Junction ? 1 : 0;
        if (_x == 0 && !_visited)
        {
            _visited = true;
            observation[1] = _goal;
        }
    }
}
