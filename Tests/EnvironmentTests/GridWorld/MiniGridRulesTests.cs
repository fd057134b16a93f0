using Environments.GridWorld;
using Environments.GridWorld.Layouts;
using Environments.Randomness;
using Environments.Spaces;
using SkiaSharp;
using Xunit;

namespace Tests.EnvironmentTests.GridWorld;

public sealed class MiniGridRulesTests
{
    private const int Size = 7;

    [Fact]
    public void Act_LockedDoor_OpensOnlyForAKeyOfItsColour()
    {
        MiniGrid grid = Room();
        grid[4, 3] = Cell.Door(CellColour.Blue, DoorState.Locked);
        grid.Act(MiniGridAction.Toggle);
        Assert.Equal(DoorState.Locked, grid.CellAhead.DoorState);

        TakeFromAbove(ref grid, Cell.Key(CellColour.Red));
        grid.Act(MiniGridAction.Toggle);
        Assert.Equal(DoorState.Locked, grid.CellAhead.DoorState);

        DropAbove(ref grid);
        TakeFromAbove(ref grid, Cell.Key(CellColour.Blue));
        grid.Act(MiniGridAction.Toggle);
        Assert.Equal(Cell.Door(CellColour.Blue, DoorState.Open), grid.CellAhead);
        Assert.Equal(Cell.Key(CellColour.Blue), grid.Carried); // the key stays in hand

        grid.Act(MiniGridAction.Toggle); // closed, and no longer locked
        Assert.Equal(DoorState.Closed, grid.CellAhead.DoorState);
    }

    [Theory]
    [InlineData(0, 4, 3)]
    [InlineData(1, 3, 4)]
    [InlineData(2, 2, 3)]
    [InlineData(3, 3, 2)]
    public void Act_MoveForward_EntersTheCellAheadUnlessItIsTaken(int direction, int x, int y)
    {
        MiniGrid grid = Room();
        grid.SetAgent(3, 3, direction);
        Assert.False(grid.Act(MiniGridAction.MoveForward));
        Assert.Equal((x, y), (grid.AgentX, grid.AgentY));

        foreach (Cell obstacle in (Cell[])[Cell.Wall, Cell.Ball(CellColour.Red), Cell.Door(CellColour.Red, DoorState.Closed)])
        {
            grid[x, y] = obstacle;
            grid.SetAgent(3, 3, direction);
            Assert.False(grid.Act(MiniGridAction.MoveForward));
            Assert.Equal((3, 3), (grid.AgentX, grid.AgentY));
        }

        grid[x, y] = Cell.Goal;
        Assert.True(grid.Act(MiniGridAction.MoveForward));
    }

    [Fact]
    public void Act_PickUpAndDrop_NeedEmptyHandsAndAnEmptyCell()
    {
        MiniGrid grid = Room();
        TakeFromAbove(ref grid, Cell.Ball(CellColour.Green));
        grid[4, 3] = Cell.Key(CellColour.Red);
        grid.Act(MiniGridAction.PickUp);
        Assert.Equal(Cell.Ball(CellColour.Green), grid.Carried);
        grid.Act(MiniGridAction.Drop);
        Assert.Equal(Cell.Key(CellColour.Red), grid.CellAhead);

        grid[4, 3] = Cell.Empty;
        grid.Act(MiniGridAction.Drop);
        Assert.Equal((Cell.Ball(CellColour.Green), Cell.None), (grid.CellAhead, grid.Carried));
    }

    [Fact]
    public void Step_GoalReached_RewardFallsWithTheStepsTaken()
    {
        var environment = new MiniGridEnvironment<EmptyLayout>(new EmptyLayout(5));
        var observation = new float[environment.ObservationSpace.Size];
        var random = new Pcg64(0);
        environment.Reset(observation, ref random);
        int[] actions = [6, 2, 2, 1, 2];
        foreach (int action in actions)
        {
            Assert.Equal(new(0), environment.Step([action], observation, ref random));
        }
        Assert.Equal(new((float)(1 - 0.9 * 6 / 100), Terminated: true), environment.Step([2], observation, ref random));
    }

    // The rule of the original, cell by cell, on worlds cluttered at random.
    [Theory]
    [InlineData(0.1)]
    [InlineData(0.3)]
    [InlineData(0.5)]
    public void View_ClutteredWorlds_EqualsTheRuleCellByCell(double clutter)
    {
        var random = new Pcg64(17);
        for (int world = 0; world < 500; world++)
        {
            var grid = new MiniGrid(12, 9);
            for (int x = 1; x < grid.Width - 1; x++)
            {
                for (int y = 1; y < grid.Height - 1; y++)
                {
                    grid[x, y] = random.NextDouble() < clutter ? Clutter(ref random) : Cell.Empty;
                }
            }
            grid.SetAgent(random.NextInt(1, grid.Width - 1), random.NextInt(1, grid.Height - 1), random.NextInt(0, 4));
            grid[grid.AgentX, grid.AgentY] = Cell.Empty;
            MiniGridView view = MiniGridView.Of(grid, seesThroughWalls: false);
            MiniGridView all = MiniGridView.Of(grid, seesThroughWalls: true);
            bool[,] visible = VisibleCells(all);
            for (int column = 0; column < MiniGridView.Size; column++)
            {
                for (int row = 0; row < MiniGridView.Size; row++)
                {
                    (int x, int y) = MiniGridView.Locate(grid, column, row);
                    bool inside = x >= 0 && y >= 0 && x < grid.Width && y < grid.Height;
                    Cell expected =
                        (x, y) == (grid.AgentX, grid.AgentY) ? Cell.Empty
                        : inside ? grid[x, y]
                        : Cell.Wall;
                    Assert.Equal(expected, all.At(column, row));
                    Assert.Equal(visible[column, row] ? expected : Cell.None, view.At(column, row));
                }
            }
        }
    }

    [Fact]
    public void Place_NoEmptyCell_ThrowsInsteadOfSearchingForEver()
    {
        MiniGrid grid = Room();
        var random = new Pcg64(1);
        var error = Assert.Throws<InvalidOperationException>(() => grid.Place(Cell.Goal, 0, 0, 1, Size, ref random));
        Assert.Contains($"1 x {Size} cells", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ObservationSpace_IsTheOriginalsImage()
    {
        var space = (Box)new MiniGridEnvironment<FourRoomsLayout>(new FourRoomsLayout()).ObservationSpace;
        Assert.Equal(new Box(0, 255, 7, 7, 3) { ElementType = ElementType.UInt8 }, space);
    }

    [Fact]
    public void Render_DoorKey_PaintsGoalWallAgentAndDoor()
    {
        var environment = new MiniGridEnvironment<DoorKeyLayout>(new DoorKeyLayout(6));
        var random = new Pcg64(4);
        environment.Reset(new float[environment.ObservationSpace.Size], ref random);
        MiniGrid grid = environment.Grid;
        Assert.Equal(new SKSizeI(6 * 32, 6 * 32), environment.RenderSize);
        using var bitmap = new SKBitmap(environment.RenderSize.Width, environment.RenderSize.Height);
        using var canvas = new SKCanvas(bitmap);
        canvas.Clear(SKColors.Pink);
        environment.Render(canvas);

        SKColor agent = bitmap.GetPixel(grid.AgentX * 32 + 16, grid.AgentY * 32 + 16);
        Assert.Equal((255, 77, 77), (agent.Red, agent.Green, agent.Blue)); // red, lightened by 30 %
        for (int x = 0; x < 6; x++)
        {
            for (int y = 0; y < 6; y++)
            {
                SKColor centre = bitmap.GetPixel(x * 32 + 16, y * 32 + 16);
                SKColor edge = bitmap.GetPixel(x * 32 + 31, y * 32 + 31);
                switch (grid[x, y].Type)
                {
                    case CellType.Goal:
                        Assert.Equal(255, centre.Green);
                        break;
                    case CellType.Wall:
                        Assert.InRange(centre.Red, 100, 147);
                        break;
                    case CellType.Door:
                        Assert.Equal((255, 255), (edge.Red, edge.Green));
                        break;
                    case CellType.Empty when (x, y) != (grid.AgentX, grid.AgentY):
                        Assert.True(centre.Red is 0 or 77);
                        break;
                }
            }
        }
    }

    private static MiniGrid Room()
    {
        var grid = new MiniGrid(Size, Size);
        grid.SetAgent(3, 3, 0);
        return grid;
    }

    private static void TakeFromAbove(ref MiniGrid grid, Cell cell)
    {
        grid[3, 2] = cell;
        grid.SetAgent(3, 3, 3);
        grid.Act(MiniGridAction.PickUp);
        Assert.Equal(cell, grid.Carried);
        grid.SetAgent(3, 3, 0);
    }

    private static void DropAbove(ref MiniGrid grid)
    {
        grid.SetAgent(3, 3, 3);
        grid.Act(MiniGridAction.Drop);
        Assert.Equal(Cell.None, grid.Carried);
        grid.SetAgent(3, 3, 0);
    }

    private static Cell Clutter(ref Pcg64 random) =>
        random.NextInt(0, 5) switch
        {
            0 => Cell.Door(CellColour.Purple, DoorState.Open),
            1 => Cell.Door(CellColour.Grey, DoorState.Closed),
            2 => Cell.Door(CellColour.Yellow, DoorState.Locked),
            3 => Cell.Key(CellColour.Blue),
            _ => Cell.Wall,
        };

    private static bool[,] VisibleCells(in MiniGridView all)
    {
        const int size = MiniGridView.Size;
        var visible = new bool[size, size];
        visible[3, 6] = true;
        for (int row = size - 1; row >= 0; row--)
        {
            for (int column = 0; column < size - 1; column++)
            {
                if (visible[column, row] && !all.At(column, row).IsOpaque)
                {
                    visible[column + 1, row] = true;
                    if (row > 0)
                    {
                        visible[column + 1, row - 1] = visible[column, row - 1] = true;
                    }
                }
            }
            for (int column = size - 1; column > 0; column--)
            {
                if (visible[column, row] && !all.At(column, row).IsOpaque)
                {
                    visible[column - 1, row] = true;
                    if (row > 0)
                    {
                        visible[column - 1, row - 1] = visible[column, row - 1] = true;
                    }
                }
            }
        }
        return visible;
    }
}
