using System.Runtime.CompilerServices;
using Environments.Randomness;
using Environments.Rendering;
using Environments.Spaces;
using Environments.State;
using Environments.Tabular;
using SkiaSharp;

namespace Environments.GridWorld.Mazes;

/// <summary>Walk over a board of walls and terminal rewards while moves go astray and any step may be the last (Czarnecki et al. 2019).</summary>
/// <remarks>
/// Observation: one integer, row × columns + column, and rows × columns after a fall. Actions 0 up, 1 right, 2 down, 3 left, repeated
/// where the board offers more; moves into walls or off the board stay. Reaching a reward terminates, and so does falling, with reward 0.
/// </remarks>
public struct NoisyGridWorld : IEnvironment, ITabularEnvironment, IRenderedEnvironment, ISavableEnvironment
{
    private readonly NoisyGridMap _map;
    private int _state;
    private int _lastAction;

    /// <summary>A walker on the given board.</summary>
    public NoisyGridWorld(NoisyGridMap map)
    {
        ArgumentNullException.ThrowIfNull(map);
        _map = map;
    }

    /// <inheritdoc/>
    public readonly Space ObservationSpace => new Discrete(_map.Model.StateCount);

    /// <inheritdoc/>
    public readonly Space ActionSpace => new Discrete(_map.Model.ActionCount);

    /// <inheritdoc/>
    public readonly ITabularModel Model => _map.Model;

    /// <inheritdoc/>
    public readonly int State => _state;

    /// <inheritdoc/>
    public void Reset(Span<float> observation, ref Pcg64 random)
    {
        _state = _map.Table.Start(ref random);
        _lastAction = -1;
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

    private readonly int CellSize => 480 / Math.Max(_map.RowCount, _map.ColumnCount);

    /// <inheritdoc/>
    public readonly SKSizeI RenderSize => new(_map.ColumnCount * CellSize, _map.RowCount * CellSize);

    /// <inheritdoc/>
    public readonly void Render(SKCanvas canvas)
    {
        ArgumentNullException.ThrowIfNull(canvas);
        canvas.Clear(new SKColor(200, 200, 196));
        using var painter = new CellPainter(canvas, CellSize);
        for (int cell = 0; cell < _map.Fallen; cell++)
        {
            SKColor colour = _map[cell] switch
            {
                '#' => new SKColor(70, 76, 88),
                '+' => new SKColor(40, 150, 70),
                '-' => new SKColor(190, 60, 60),
                '5' => new SKColor(150, 210, 120),
                'S' => new SKColor(214, 196, 160),
                _ => new SKColor(238, 238, 232),
            };
            painter.Square(cell / _map.ColumnCount, cell % _map.ColumnCount, colour);
        }
        if (_state < _map.Fallen) // who fell is not seen any more
        {
            int direction = _lastAction < 0 ? -1 : _lastAction % 4;
            painter.Agent(_state / _map.ColumnCount, _state % _map.ColumnCount, direction, new SKColor(40, 90, 200));
        }
    }
}
