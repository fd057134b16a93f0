using System.Runtime.CompilerServices;
using Environments.Randomness;
using Environments.Rendering;
using Environments.Spaces;
using Environments.State;
using Environments.Tabular;
using SkiaSharp;

namespace Environments.ToyText;

/// <summary>Cross a frozen lake without falling into a hole (Gymnasium's <c>FrozenLake</c>).</summary>
/// <remarks>
/// Observation: one integer, row × columns + column. Actions 0 left, 1 down, 2 right, 3 up; moves off the lake stay.
/// On slippery ice each move goes where it should or to either side, 1/3 each. Reward 1 on reaching the goal; the goal and holes terminate.
/// </remarks>
public struct FrozenLake : IEnvironment, ITabularEnvironment, IRenderedEnvironment, ISavableEnvironment
{
    private static readonly Discrete Actions = new(4);

    private readonly FrozenLakeMap _map;
    private int _state;
    private int _lastAction = 1;

    /// <summary>The slippery 4 × 4 lake.</summary>
    public FrozenLake()
        : this(FrozenLakeMap.FourByFour) { }

    /// <summary>A walker on the given lake.</summary>
    public FrozenLake(FrozenLakeMap map)
    {
        ArgumentNullException.ThrowIfNull(map);
        _map = map;
    }

    /// <inheritdoc/>
    public readonly Space ObservationSpace => new Discrete(_map.Model.StateCount);

    /// <inheritdoc/>
    public readonly Space ActionSpace => Actions;

    /// <inheritdoc/>
    public readonly ITabularModel Model => _map.Model;

    /// <inheritdoc/>
    public readonly int State => _state;

    /// <inheritdoc/>
    public void Reset(Span<float> observation, ref Pcg64 random)
    {
        _state = _map.Table.Start(ref random);
        _lastAction = 1;
        observation[0] = _state;
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public StepResult Step(ReadOnlySpan<float> action, Span<float> observation, ref Pcg64 random)
    {
        _lastAction = (int)action[0];
        StepResult result = _map.Table.Step(ref _state, _lastAction, ref random);
        observation[0] = _state;
        return result;
    }

    /// <inheritdoc/>
    public readonly void SaveState(StateDictionary state)
    {
        ArgumentNullException.ThrowIfNull(state);
        state.Set("cell", _state);
        state.Set("action", _lastAction);
    }

    /// <inheritdoc/>
    public void LoadState(StateDictionary state)
    {
        ArgumentNullException.ThrowIfNull(state);
        _state = state.Get<int>("cell");
        _lastAction = state.Get<int>("action");
    }

    private readonly int CellSize => 512 / Math.Max(8, Math.Max(_map.RowCount, _map.ColumnCount));

    /// <inheritdoc/>
    public readonly SKSizeI RenderSize => new(_map.ColumnCount * CellSize, _map.RowCount * CellSize);

    /// <inheritdoc/>
    public readonly void Render(SKCanvas canvas)
    {
        ArgumentNullException.ThrowIfNull(canvas);
        canvas.Clear(new SKColor(180, 200, 230));
        using var painter = new CellPainter(canvas, CellSize);
        for (int state = 0; state < _map.Model.StateCount; state++)
        {
            (int row, int column) = Math.DivRem(state, _map.ColumnCount);
            painter.Square(row, column, new SKColor(226, 240, 252));
            switch (_map[state])
            {
                case 'H':
                    painter.Disc(row, column, 0.42f, new SKColor(36, 74, 130));
                    break;
                case 'G':
                    painter.Square(row, column, new SKColor(40, 150, 70), 0.2f);
                    painter.Line(row + 0.5f, column + 0.2f, row + 0.5f, column + 0.8f, 0.1f, new SKColor(250, 210, 60));
                    painter.Line(row + 0.2f, column + 0.5f, row + 0.8f, column + 0.5f, 0.1f, new SKColor(250, 210, 60));
                    break;
                case 'S':
                    painter.Square(row, column, new SKColor(176, 132, 84), 0.3f);
                    break;
            }
        }
        bool fallen = _map[_state] == 'H';
        (int agentRow, int agentColumn) = Math.DivRem(_state, _map.ColumnCount);
        painter.Agent(
            agentRow,
            agentColumn,
            fallen ? -1 : 3 - _lastAction,
            new SKColor(200, 40, 50, fallen ? (byte)110 : (byte)255)
        );
    }
}
