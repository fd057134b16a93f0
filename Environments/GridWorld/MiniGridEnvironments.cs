using Environments.GridWorld.Layouts;

namespace Environments.GridWorld;

/// <summary>Registers the MiniGrid family.</summary>
internal static class MiniGridEnvironments
{
    /// <summary>Adds Empty, FourRooms, DoorKey, Memory and KeyCorridor in the original's sizes, with its time limits.</summary>
    public static void Register(EnvironmentRegistry registry)
    {
        const string empty = "Walk to the goal in the corner of an empty room.";
        Add(registry, "Empty-5x5", new EmptyLayout(5), 0.2007, empty);
        Add(registry, "Empty-6x6", new EmptyLayout(6), 0.1376, empty);
        Add(registry, "Empty-8x8", new EmptyLayout(8), 0.0845, empty);
        Add(registry, "Empty-16x16", new EmptyLayout(16), 0.0376, empty);
        const string emptyRandom = "Walk to the goal in the corner of an empty room from anywhere in it.";
        Add(registry, "Empty-Random-5x5", new EmptyLayout(5, startsAnywhere: true), 0.3174, emptyRandom);
        Add(registry, "Empty-Random-6x6", new EmptyLayout(6, startsAnywhere: true), 0.2629, emptyRandom);

        Add(registry, "FourRooms", new FourRoomsLayout(), 0.019, "Find the goal in one of four connected rooms.");

        const string doorKey = "Fetch a key, unlock a door and walk to the goal behind it.";
        Add(registry, "DoorKey-5x5", new DoorKeyLayout(5), 0.0338, doorKey);
        Add(registry, "DoorKey-6x6", new DoorKeyLayout(6), 0.0195, doorKey);
        Add(registry, "DoorKey-8x8", new DoorKeyLayout(8), 0.0087, doorKey);
        Add(registry, "DoorKey-16x16", new DoorKeyLayout(16), 0.0018, doorKey);

        const string memory = "Remember an object and walk to its like at the end of a hallway.";
        Add(registry, "MemoryS7", new MemoryLayout(7), 0.1636, memory);
        Add(registry, "MemoryS9", new MemoryLayout(9), 0.1773, memory);
        Add(registry, "MemoryS11", new MemoryLayout(11), 0.1915, memory);
        Add(registry, "MemoryS13", new MemoryLayout(13), 0.1971, memory);
        const string memoryRandom = "Remember an object and walk to its like at the end of a hallway of random length.";
        Add(registry, "MemoryS13Random", new MemoryLayout(13, drawsLength: true), 0.2374, memoryRandom);
        Add(registry, "MemoryS17Random", new MemoryLayout(17, drawsLength: true), 0.2662, memoryRandom);

        const string keyCorridor = "Find a key in one room and pick up the ball that is locked in another.";
        Add(registry, "KeyCorridorS3R1", new KeyCorridorLayout(3, 1), 0.0189, keyCorridor);
        Add(registry, "KeyCorridorS3R2", new KeyCorridorLayout(3, 2), 0.0024, keyCorridor);
        Add(registry, "KeyCorridorS3R3", new KeyCorridorLayout(3, 3), 0.0009, keyCorridor);
        Add(registry, "KeyCorridorS4R3", new KeyCorridorLayout(4, 3), 0.0001, keyCorridor);
        Add(registry, "KeyCorridorS5R3", new KeyCorridorLayout(5, 3), 0, keyCorridor);
        Add(registry, "KeyCorridorS6R3", new KeyCorridorLayout(6, 3), 0, keyCorridor);
    }

    private static void Add<TLayout>(
        EnvironmentRegistry registry,
        string name,
        TLayout layout,
        double randomReturn,
        string description
    )
        where TLayout : struct, IMiniGridLayout =>
        registry.Register(
            $"MiniGrid/{name}-v0",
            () => new MiniGridEnvironment<TLayout>(layout),
            spec => spec with { MaxEpisodeSteps = layout.MaxSteps, RandomReturn = randomReturn, Description = description }
        );
}
