using Environments.Randomness;

namespace Environments.GridWorld.Layouts;

/// <summary>Two rooms and a locked door between them; its key lies on the agent's side, the goal on the other.</summary>
/// <param name="size">Cells per side, outer wall included; 5 at least.</param>
public readonly struct DoorKeyLayout(int size) : IMiniGridLayout
{
    /// <inheritdoc/>
    public int Width => size;

    /// <inheritdoc/>
    public int Height => size;

    /// <inheritdoc/>
    public int MaxSteps => 10 * size * size;

    /// <inheritdoc/>
    public void Generate(ref MiniGrid grid, ref Pcg64 random)
    {
        grid[size - 2, size - 2] = Cell.Goal;
        int wall = random.NextInt(2, size - 2);
        grid.BuildColumn(wall, 0, size);
        grid.PlaceAgent(0, 0, wall, size, ref random);
        grid[wall, random.NextInt(1, size - 2)] = Cell.Door(CellColour.Yellow, DoorState.Locked);
        grid.Place(Cell.Key(CellColour.Yellow), 0, 0, wall, size, ref random);
    }

    /// <inheritdoc/>
    public MiniGridOutcome Judge(in MiniGrid grid, MiniGridAction action) => MiniGridOutcome.Undecided;
}
