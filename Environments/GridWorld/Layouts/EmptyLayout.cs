using Environments.Randomness;

namespace Environments.GridWorld.Layouts;

/// <summary>An empty room with a goal in its lower right corner. Nothing is hidden.</summary>
/// <param name="size">Cells per side, outer wall included.</param>
/// <param name="startsAnywhere">Whether the agent starts in a random cell and direction; otherwise in the upper left corner, looking right.</param>
public readonly struct EmptyLayout(int size, bool startsAnywhere = false) : IMiniGridLayout
{
    /// <inheritdoc/>
    public static bool SeesThroughWalls => true;

    /// <inheritdoc/>
    public int Width => size;

    /// <inheritdoc/>
    public int Height => size;

    /// <inheritdoc/>
    public int MaxSteps => 4 * size * size;

    /// <inheritdoc/>
    public void Generate(ref MiniGrid grid, ref Pcg64 random)
    {
        grid[size - 2, size - 2] = Cell.Goal;
        if (startsAnywhere)
        {
            grid.PlaceAgent(0, 0, size, size, ref random);
        }
        else
        {
            grid.SetAgent(1, 1, 0);
        }
    }

    /// <inheritdoc/>
    public MiniGridOutcome Judge(in MiniGrid grid, MiniGridAction action) => MiniGridOutcome.Undecided;
}
