using Environments.Randomness;

namespace Environments.GridWorld.Layouts;

/// <summary>Four rooms of 8 × 8 cells with a random gap in each wall between two of them (after Sutton, Precup and Singh 1999).</summary>
public readonly struct FourRoomsLayout : IMiniGridLayout
{
    private const int Size = 19;
    private const int Pitch = Size / 2; // from wall to wall

    /// <inheritdoc/>
    public int Width => Size;

    /// <inheritdoc/>
    public int Height => Size;

    /// <inheritdoc/>
    public int MaxSteps => 100;

    /// <inheritdoc/>
    public void Generate(ref MiniGrid grid, ref Pcg64 random)
    {
        for (int top = 0; top <= Pitch; top += Pitch)
        {
            for (int left = 0; left <= Pitch; left += Pitch)
            {
                if (left == 0)
                {
                    grid.BuildColumn(Pitch, top, Pitch);
                    grid[Pitch, random.NextInt(top + 1, top + Pitch)] = Cell.Empty;
                }
                if (top == 0)
                {
                    grid.BuildRow(left, Pitch, Pitch);
                    grid[random.NextInt(left + 1, left + Pitch), Pitch] = Cell.Empty;
                }
            }
        }
        grid.PlaceAgent(0, 0, Size, Size, ref random);
        grid.Place(Cell.Goal, 0, 0, Size, Size, ref random);
    }

    /// <inheritdoc/>
    public MiniGridOutcome Judge(in MiniGrid grid, MiniGridAction action) => MiniGridOutcome.Undecided;
}
