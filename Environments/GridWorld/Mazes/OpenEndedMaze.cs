using System.Runtime.CompilerServices;
using Environments.Randomness;
using Environments.Rendering;
using Environments.Spaces;
using Environments.Tabular;
using SkiaSharp;

namespace Environments.GridWorld.Mazes;

/// <summary>A winding maze without any reward, for agents that set themselves goals (Meier and Mujika 2022).</summary>
/// <remarks>
/// Observation: one integer, row × size + column, or a picture of size × size × 1 bytes that is 1 where the agent stands. Every episode starts
/// in (1, 1). Actions 0 stay, 1 right, 2 left, 3 down, 4 up; moves into walls stay. The reward is always 0.
/// In the large maze (32 × 32) column 15 is dangerous: whoever stands there and goes neither right nor left is thrown back to the
/// start, which terminates. The small one (16 × 16) has no danger; 152 of its cells are free, the deepest 62 moves away.
/// </remarks>
public struct OpenEndedMaze : IEnvironment, ITabularEnvironment, IRenderedEnvironment
{
    private const int DangerousColumn = 15;
    private const int Pixels = 512;

    private static readonly SerpentineWalls LargeWalls = new(32);
    private static readonly SerpentineWalls SmallWalls = new(16);
    private static readonly TabularModel Large = CreateModel(LargeWalls, DangerousColumn);
    private static readonly TabularModel Small = CreateModel(SmallWalls, -1);
    private static readonly Discrete Actions = new(5);

    private readonly bool _small;
    private readonly bool _showPicture;
    private int _state;
    private int _lastAction;

    /// <summary>A maze.</summary>
    /// <param name="small">16 × 16 cells without danger, instead of 32 × 32 with it.</param>
    /// <param name="showPicture">Whether observations are pictures instead of the cell's number.</param>
    public OpenEndedMaze(bool small, bool showPicture)
    {
        _small = small;
        _showPicture = showPicture;
    }

    /// <inheritdoc/>
    public readonly Space ObservationSpace =>
        _showPicture
            ? new Box(0, 1, Walls.Size, Walls.Size, 1) { ElementType = ElementType.UInt8 }
            : new Discrete(Walls.CellCount);

    /// <inheritdoc/>
    public readonly Space ActionSpace => Actions;

    /// <inheritdoc/>
    public readonly ITabularModel Model => _small ? Small : Large;

    /// <inheritdoc/>
    public readonly int State => _state;

    private readonly SerpentineWalls Walls => _small ? SmallWalls : LargeWalls;

    private readonly TransitionTable Table => (_small ? Small : Large).Table;

    /// <inheritdoc/>
    public void Reset(Span<float> observation, ref Pcg64 random)
    {
        _state = Table.Start(ref random);
        _lastAction = 0;
        Observe(observation);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public StepResult Step(ReadOnlySpan<float> action, Span<float> observation, ref Pcg64 random)
    {
        _lastAction = (int)action[0];
        StepResult result = Table.Step(ref _state, _lastAction, ref random);
        Observe(observation);
        return result;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly void Observe(Span<float> observation)
    {
        if (_showPicture)
        {
            observation.Clear();
            observation[_state] = 1;
        }
        else
        {
            observation[0] = _state;
        }
    }

    // Direction of each action in the painter's order, −1 for staying.
    private static int Direction(int action) =>
        action switch
        {
            1 => 1,
            2 => 3,
            3 => 2,
            4 => 0,
            _ => -1,
        };

    private static TabularModel CreateModel(SerpentineWalls walls, int dangerousColumn)
    {
        return new TabularModel(
            walls.CellCount,
            5,
            (cell, action) =>
            {
                if (cell % walls.Size == dangerousColumn && action is not (1 or 2) && !walls[cell])
                {
                    return [new Transition(1, walls.Start, 0, true)];
                }
                return [new Transition(1, action == 0 ? cell : walls.Move(cell, Direction(action)), 0)];
            },
            cell => cell == walls.Start ? 1 : 0,
            observation => observation.Length == 1 ? (int)observation[0] : observation.IndexOf(1f)
        );
    }

    /// <inheritdoc/>
    public readonly SKSizeI RenderSize => new(Pixels, Pixels);

    /// <inheritdoc/>
    public readonly void Render(SKCanvas canvas)
    {
        ArgumentNullException.ThrowIfNull(canvas);
        canvas.Clear(new SKColor(200, 200, 196));
        using var painter = new CellPainter(canvas, (float)Pixels / Walls.Size);
        Walls.Draw(painter);
        for (int cell = 0; !_small && cell < Walls.CellCount; cell++)
        {
            if (cell % Walls.Size == DangerousColumn && !Walls[cell])
            {
                painter.Square(cell / Walls.Size, DangerousColumn, new SKColor(230, 150, 60));
            }
        }
        painter.Agent(_state / Walls.Size, _state % Walls.Size, Direction(_lastAction), new SKColor(200, 40, 50));
    }
}
