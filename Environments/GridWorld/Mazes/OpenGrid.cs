using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Environments.Randomness;
using Environments.Rendering;
using Environments.Spaces;
using Environments.Tabular;
using SkiaSharp;

namespace Environments.GridWorld.Mazes;

/// <summary>An empty board without any reward: the smallest place in which an agent can learn skills that differ (Eysenbach et al. 2018).</summary>
/// <remarks>
/// Observation: one integer, row × size + column. Every episode starts in the middle. Actions 0 stay, 1 right, 2 left, 3 down, 4 up; moves off
/// the board stay. The reward is always 0, and nothing terminates.
/// <code>
/// step         First   Mid     Mid        (3 × 3 cells)
/// action               1       4
/// observation  4       5       2
/// </code>
/// </remarks>
public struct OpenGrid : IEnvironment, ITabularEnvironment, IRenderedEnvironment
{
    private const int Pixels = 360;

    private static readonly ConcurrentDictionary<int, TabularModel> Models = new();
    private static readonly Discrete Actions = new(5);

    private readonly int _size;
    private int _cell;
    private int _lastAction;

    /// <summary>A board.</summary>
    /// <param name="size">Rows, and columns, 2 to 256.</param>
    public OpenGrid(int size)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(size, 2);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(size, 256);
        _size = size;
    }

    /// <inheritdoc/>
    public readonly Space ObservationSpace => new Discrete(_size * _size);

    /// <inheritdoc/>
    public readonly Space ActionSpace => Actions;

    /// <inheritdoc/>
    public readonly ITabularModel Model => Models.GetOrAdd(_size, CreateModel);

    /// <inheritdoc/>
    public readonly int State => _cell;

    /// <inheritdoc/>
    public void Reset(Span<float> observation, ref Pcg64 random)
    {
        _cell = StartOf(_size);
        _lastAction = 0;
        observation[0] = _cell;
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public StepResult Step(ReadOnlySpan<float> action, Span<float> observation, ref Pcg64 random)
    {
        _lastAction = (int)action[0];
        _cell = Move(_size, _cell, _lastAction);
        observation[0] = _cell;
        return new StepResult(0, false);
    }

    /// <inheritdoc/>
    public readonly SKSizeI RenderSize => new(Pixels, Pixels);

    /// <inheritdoc/>
    public readonly void Render(SKCanvas canvas)
    {
        ArgumentNullException.ThrowIfNull(canvas);
        canvas.Clear(new SKColor(200, 200, 196));
        using var painter = new CellPainter(canvas, (float)Pixels / _size);
        int start = StartOf(_size);
        for (int cell = 0; cell < _size * _size; cell++)
        {
            painter.Square(cell / _size, cell % _size, cell == start ? new SKColor(214, 220, 232) : new SKColor(238, 238, 232));
        }
        int direction = _lastAction switch
        {
            1 => 1,
            2 => 3,
            3 => 2,
            4 => 0,
            _ => -1, // stays, so it looks nowhere
        };
        painter.Agent(_cell / _size, _cell % _size, direction, new SKColor(200, 40, 50));
    }

    private static int StartOf(int size) => size / 2 * size + size / 2;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int Move(int size, int cell, int action)
    {
        (int row, int column) = Math.DivRem(cell, size);
        return action switch
        {
            1 when column < size - 1 => cell + 1,
            2 when column > 0 => cell - 1,
            3 when row < size - 1 => cell + size,
            4 when row > 0 => cell - size,
            _ => cell,
        };
    }

    private static TabularModel CreateModel(int size) =>
        new(
            size * size,
            5,
            (cell, action) => [new Transition(1, Move(size, cell, action), 0)],
            cell => cell == StartOf(size) ? 1 : 0
        );
}
