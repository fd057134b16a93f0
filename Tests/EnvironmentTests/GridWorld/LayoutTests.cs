using Environments;
using Environments.GridWorld;
using Environments.GridWorld.Layouts;
using Environments.Randomness;
using Xunit;

namespace Tests.EnvironmentTests.GridWorld;

public sealed class EmptyTests() : MiniGridContract<EmptyLayout>("Empty-8x8", new EmptyLayout(8))
{
    protected override double RandomReturnTolerance => 0.019;

    protected override bool StartsAtRandom => false;
}

public sealed class EmptyRandomTests()
    : MiniGridContract<EmptyLayout>("Empty-Random-6x6", new EmptyLayout(6, startsAnywhere: true))
{
    protected override double RandomReturnTolerance => 0.035;
}

public sealed class FourRoomsTests() : MiniGridContract<FourRoomsLayout>("FourRooms", new FourRoomsLayout())
{
    protected override double RandomReturnTolerance => 0.012;
}

public sealed class DoorKeySmallTests() : MiniGridContract<DoorKeyLayout>("DoorKey-6x6", new DoorKeyLayout(6))
{
    protected override double RandomReturnTolerance => 0.01;
}

public sealed class DoorKeyTests() : MiniGridContract<DoorKeyLayout>("DoorKey-8x8", new DoorKeyLayout(8))
{
    protected override double RandomReturnTolerance => 0.0065;
}

public sealed class MemoryTests() : MiniGridContract<MemoryLayout>("MemoryS7", new MemoryLayout(7))
{
    protected override double RandomReturnTolerance => 0.033;
}

public sealed class MemoryRandomTests()
    : MiniGridContract<MemoryLayout>("MemoryS13Random", new MemoryLayout(13, drawsLength: true))
{
    protected override double RandomReturnTolerance => 0.038;
}

public sealed class KeyCorridorTests() : MiniGridContract<KeyCorridorLayout>("KeyCorridorS3R2", new KeyCorridorLayout(3, 2))
{
    protected override double RandomReturnTolerance => 0.0023;
}

public sealed class KeyCorridorLargeTests() : MiniGridContract<KeyCorridorLayout>("KeyCorridorS4R3", new KeyCorridorLayout(4, 3))
{
    protected override double RandomReturnTolerance => 0.0006;
}

public sealed class LayoutTests
{
    [Theory]
    [InlineData("Empty-5x5", 100)]
    [InlineData("Empty-16x16", 1024)]
    [InlineData("Empty-Random-5x5", 100)]
    [InlineData("FourRooms", 100)]
    [InlineData("DoorKey-5x5", 250)]
    [InlineData("DoorKey-16x16", 2560)]
    [InlineData("MemoryS9", 405)]
    [InlineData("MemoryS11", 605)]
    [InlineData("MemoryS13", 845)]
    [InlineData("MemoryS17Random", 1445)]
    [InlineData("KeyCorridorS3R1", 270)]
    [InlineData("KeyCorridorS3R3", 270)]
    [InlineData("KeyCorridorS5R3", 750)]
    [InlineData("KeyCorridorS6R3", 1080)]
    public void Find_EverySize_HasTheOriginalsLimit(string name, int limit) =>
        Assert.Equal(limit, EnvironmentRegistry.Default.Find($"MiniGrid/{name}-v0").MaxEpisodeSteps);

    public static TheoryData<string> AllIds =>
        [
            .. EnvironmentRegistry
                .Default.Specs.Select(spec => spec.Id)
                .Where(id => id.StartsWith("MiniGrid/", StringComparison.Ordinal)),
        ];

    // A thousand worlds: no walk leaves the world, which would read beside it, and none needs so many draws that the test hangs.
    [Theory]
    [MemberData(nameof(AllIds))]
    public void Reset_ManySeeds_AlwaysGivesAWorldToWalkIn(string id)
    {
        using IBatchedEnvironment batch = EnvironmentRegistry.Default.Make(id, 1000);
        batch.Reset(50_000);
        var random = new Pcg64(3);
        var actions = new float[batch.Count];
        for (int t = 0; t < 60; t++)
        {
            foreach (ref float action in actions.AsSpan())
            {
                action = random.NextInt(0, 7);
            }
            batch.Step(actions);
        }
        Assert.True(batch.Spec.ObservationSpace.Contains(batch.Observations[..batch.Spec.ObservationSpace.Size]));
    }

    [Theory]
    [InlineData(3, 1)]
    [InlineData(6, 3)]
    public void Generate_KeyCorridor_HasOneLockedDoorItsKeyAndTheBall(int roomSize, int rows)
    {
        for (ulong seed = 0; seed < 200; seed++)
        {
            List<Cell> cells = CellsOf(new KeyCorridorLayout(roomSize, rows), seed);
            Cell locked = Assert.Single(cells, cell => cell.DoorState == DoorState.Locked);
            Assert.Single(cells, cell => cell.Type == CellType.Ball);
            Assert.Equal(Cell.Key(locked.Colour), Assert.Single(cells, cell => cell.Type == CellType.Key));
        }
    }

    [Theory]
    [InlineData(2)]
    [InlineData(20)]
    public void Constructor_SizeThatDoesNotFit_ThrowsAndNamesTheRange(int size)
    {
        var error = Assert.Throws<ArgumentException>(() => new MiniGridEnvironment<EmptyLayout>(new EmptyLayout(size)));
        Assert.Contains($"{size} x {size}", error.Message, StringComparison.Ordinal);
        Assert.Contains("3 to 19", error.Message, StringComparison.Ordinal);
    }

    private static List<Cell> CellsOf<TLayout>(TLayout layout, ulong seed)
        where TLayout : struct, IMiniGridLayout
    {
        var environment = new MiniGridEnvironment<TLayout>(layout);
        var random = new Pcg64(seed);
        environment.Reset(new float[environment.ObservationSpace.Size], ref random);
        MiniGrid grid = environment.Grid;
        var cells = new List<Cell>();
        for (int x = 0; x < grid.Width; x++)
        {
            for (int y = 0; y < grid.Height; y++)
            {
                cells.Add(grid[x, y]);
            }
        }
        return cells;
    }
}
