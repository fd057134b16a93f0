namespace Environments.GridWorld.Mazes;

/// <summary>Names and limits of the mazes and boards on which published methods are tried. Returns of random actions are exact.</summary>
internal static class MazeEnvironments
{
    public static void Register(EnvironmentRegistry registry)
    {
        var goals = new Lazy<SerpentineGoals>(() => new SerpentineGoals(seed: 0));
        registry.Register(
            "GridWorld/SerpentineMaze-v0",
            () => new SerpentineMaze(goals.Value),
            spec =>
                spec with
                {
                    MaxEpisodeSteps = 150,
                    RandomReturn = 0.0612,
                    Description = "Find one of twelve goals in a winding maze; default policies are not shown which one it is.",
                }
        );
        RegisterOpenEnded(registry, "GridWorld/OpenEndedMaze-v0", small: false, showPicture: false);
        RegisterOpenEnded(registry, "GridWorld/OpenEndedMazePicture-v0", small: false, showPicture: true);
        RegisterOpenEnded(registry, "GridWorld/OpenEndedMaze16-v0", small: true, showPicture: false);
        const string board = "Reach the best terminal reward on a random board where moves go astray.";
        RegisterBoard(registry, "GridWorld/RandomGrid-v0", () => NoisyGridMap.Random(seed: 0), 100, 4.606, board);
        RegisterBoard(registry, "GridWorld/RandomGrid20-v0", () => NoisyGridMap.Random(seed: 0, size: 20), 1000, 2.746, board);
        RegisterBoard(
            registry,
            "GridWorld/RandomGridManyActions-v0",
            () => NoisyGridMap.Random(seed: 0, actionCopies: 25),
            100,
            4.606,
            board + " Each move is offered 25 times."
        );
        RegisterBoard(
            registry,
            "GridWorld/Corridor-v0",
            () => NoisyGridMap.Corridor(),
            200,
            0,
            "Walk to the right end of a corridor, not to the left one."
        );
        registry.Register(
            "GridWorld/TwoStepDecision-v0",
            () => new TwoStepDecision(),
            spec => spec with { RandomReturn = 0, Description = "Take two decisions without reward; for closed-form checks." }
        );
    }

    private static void RegisterOpenEnded(EnvironmentRegistry registry, string id, bool small, bool showPicture) =>
        registry.Register(
            id,
            () => new OpenEndedMaze(small, showPicture),
            spec =>
                spec with
                {
                    MaxEpisodeSteps = small ? 125 : 250,
                    RandomReturn = 0,
                    Description = small
                        ? "Explore a winding maze of 16 x 16 cells that gives no reward."
                        : "Explore a winding maze of 32 x 32 cells with a dangerous column that gives no reward.",
                }
        );

    private static void RegisterBoard(
        EnvironmentRegistry registry,
        string id,
        Func<NoisyGridMap> draw,
        int limit,
        double randomReturn,
        string description
    )
    {
        var map = new Lazy<NoisyGridMap>(draw); // when somebody plays on it
        registry.Register(
            id,
            () => new NoisyGridWorld(map.Value),
            spec => spec with { MaxEpisodeSteps = limit, RandomReturn = randomReturn, Description = description }
        );
    }
}
