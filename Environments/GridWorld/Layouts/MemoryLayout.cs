using Environments.Randomness;

namespace Environments.GridWorld.Layouts;

/// <summary>
/// A room with an object, and a hallway that forks at its end: the branch whose object is of the same kind is the right one, the other a failure.
/// The agent starts somewhere in the hallway with its back to the room.
/// </summary>
/// <param name="size">Cells per side, outer wall included; odd, 7 at least.</param>
/// <param name="drawsLength">Whether the hallway's length differs between episodes.</param>
/// <remarks>Choosing a branch blindly earns half of the reward. The action to pick up toggles, so nothing can be carried.</remarks>
public struct MemoryLayout(int size, bool drawsLength = false) : IMiniGridLayout
{
    private readonly int _size = size;
    private readonly bool _drawsLength = drawsLength;
    private int _forkX;
    private int _successY;

    /// <inheritdoc/>
    public static bool PickUpToggles => true;

    /// <inheritdoc/>
    public readonly int Width => _size;

    /// <inheritdoc/>
    public readonly int Height => _size;

    /// <inheritdoc/>
    public readonly int MaxSteps => 5 * _size * _size;

    /// <inheritdoc/>
    public void Generate(ref MiniGrid grid, ref Pcg64 random)
    {
        int middle = _size / 2;
        int end = _drawsLength ? random.NextInt(4, _size - 2) : _size - 3;

        grid.BuildRow(1, middle - 2, 4);
        grid.BuildRow(1, middle + 2, 4);
        grid[4, middle - 1] = Cell.Wall;
        grid[4, middle + 1] = Cell.Wall;
        grid.BuildRow(5, middle - 1, end - 5);
        grid.BuildRow(5, middle + 1, end - 5);
        grid.BuildColumn(end, 0, _size);
        grid[end, middle] = Cell.Empty;
        grid.BuildColumn(end + 2, 0, _size);

        grid.SetAgent(random.NextInt(1, end + 1), middle, 0);
        Cell key = Cell.Key(CellColour.Green);
        Cell ball = Cell.Ball(CellColour.Green);
        Cell cue = random.NextInt(0, 2) == 0 ? key : ball;
        (Cell upper, Cell lower) = random.NextInt(0, 2) == 0 ? (ball, key) : (key, ball);
        grid[1, middle - 1] = cue;
        grid[end + 1, middle - 2] = upper;
        grid[end + 1, middle + 2] = lower;
        (_forkX, _successY) = (end + 1, cue == upper ? middle - 1 : middle + 1);
    }

    /// <inheritdoc/>
    public readonly MiniGridOutcome Judge(in MiniGrid grid, MiniGridAction action)
    {
        int middle = _size / 2;
        if (grid.AgentX != _forkX || grid.AgentY == middle)
        {
            return MiniGridOutcome.Undecided;
        }
        return grid.AgentY == _successY ? MiniGridOutcome.Success : MiniGridOutcome.Failure;
    }
}
