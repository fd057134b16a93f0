using System.Collections.Concurrent;

namespace Environments.GridWorld.Mazes;

/// <summary>Names and limits of the mazes and boards on which published methods are tried. Returns of random actions are exact.</summary>
internal static class MazeEnvironments
{
    public static void Register(EnvironmentRegistry registry)
    {
        RegisterSerpentine(registry);
        RegisterTasks(registry);
        RegisterOpenEnded(registry, "GridWorld/OpenEndedMaze-v0", small: false, showPicture: false);
        RegisterOpenEnded(registry, "GridWorld/OpenEndedMazePicture-v0", small: false, showPicture: true);
        RegisterOpenEnded(registry, "GridWorld/OpenEndedMaze16-v0", small: true, showPicture: false);
        registry.Register(
            "GridWorld/OpenGrid-v0",
            [EnvironmentOption.Integer("size", 9, 2, 256, "Rows, and columns; an episode lasts twice as many steps less two.")],
            options => new OpenGrid(options.Integer("size")),
            (spec, options) =>
                spec with
                {
                    MaxEpisodeSteps = 2 * (options.Integer("size") - 1),
                    RandomReturn = 0,
                    Description = "Walk over an empty board that gives no reward, from its middle.",
                }
        );
        const string board = "Reach the best terminal reward on a random board where moves go astray.";
        RegisterBoard(
            registry,
            "GridWorld/RandomGrid-v0",
            (seed, five) => NoisyGridMap.Random(seed, five: five),
            100,
            4.606,
            board
        );
        RegisterBoard(
            registry,
            "GridWorld/RandomGrid20-v0",
            (seed, five) => NoisyGridMap.Random(seed, size: 20, five: five),
            1000,
            2.746,
            board
        );
        RegisterBoard(
            registry,
            "GridWorld/RandomGridManyActions-v0",
            (seed, five) => NoisyGridMap.Random(seed, actionCopies: 25, five: five),
            100,
            4.606,
            board + " Each move is offered 25 times."
        );
        var corridor = new Lazy<NoisyGridMap>(() => NoisyGridMap.Corridor());
        registry.Register(
            "GridWorld/Corridor-v0",
            () => new NoisyGridWorld(corridor.Value),
            spec =>
                spec with
                {
                    MaxEpisodeSteps = 200,
                    RandomReturn = 0,
                    Description = "Walk to the right end of a corridor, not to the left one.",
                }
        );
        registry.Register(
            "GridWorld/TwoStepDecision-v0",
            () => new TwoStepDecision(),
            spec => spec with { RandomReturn = 0, Description = "Take two decisions without reward; for closed-form checks." }
        );
    }

    private static void RegisterSerpentine(EnvironmentRegistry registry)
    {
        var goals = new ConcurrentDictionary<(int Seed, int Count), SerpentineGoals>();
        registry.Register(
            "GridWorld/SerpentineMaze-v0",
            [
                EnvironmentOption.Integer("goals", 0, 0, int.MaxValue, "Seed by which the goals are drawn."),
                EnvironmentOption.Integer("count", 12, 1, 151, "Goals, of which each episode has one."),
            ],
            options => new SerpentineMaze(
                goals.GetOrAdd(
                    (options.Integer("goals"), options.Integer("count")),
                    drawn => new SerpentineGoals((ulong)drawn.Seed, drawn.Count)
                )
            ),
            (spec, options) =>
                spec with
                {
                    MaxEpisodeSteps = 150,
                    RandomReturn = (options.Integer("goals"), options.Integer("count")) == (0, 12) ? 0.0612 : null,
                    Description = "Find one of twelve goals in a winding maze; default policies are not shown which one it is.",
                }
        );
    }

    private static void RegisterTasks(EnvironmentRegistry registry) =>
        registry.Register(
            "GridWorld/SerpentineTasks-v0",
            [
                EnvironmentOption.Integer("task", -1, -1, 2, "Task of every episode; -1 for one drawn anew each time."),
                EnvironmentOption.Integer("near", 10, 1, 1000, "Reward of the nearest goal; the others pay 1."),
            ],
            options => new SerpentineTasks(options.Integer("task"), options.Integer("near")),
            (spec, options) =>
                spec with
                {
                    MaxEpisodeSteps = 100,
                    RandomReturn = (options.Integer("task"), options.Integer("near")) == (-1, 10) ? 2.87 : null,
                    Description = "Walk to the goal of the episode's task: one is near and pays more, two are far and pay 1.",
                }
        );

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
        Func<ulong, int, NoisyGridMap> draw,
        int limit,
        double randomReturn,
        string description
    )
    {
        var maps = new ConcurrentDictionary<(int Board, int Five), NoisyGridMap>(); // drawn when somebody plays on them
        registry.Register(
            id,
            [
                EnvironmentOption.Integer("board", 0, 0, int.MaxValue, "Seed by which the board is drawn."),
                EnvironmentOption.Integer("five", 5, 1, 100, "Reward of cells that pay 5."),
            ],
            options => new NoisyGridWorld(
                maps.GetOrAdd((options.Integer("board"), options.Integer("five")), drawn => draw((ulong)drawn.Board, drawn.Five))
            ),
            (spec, options) =>
                spec with
                {
                    MaxEpisodeSteps = limit,
                    RandomReturn = (options.Integer("board"), options.Integer("five")) == (0, 5) ? randomReturn : null,
                    Description = description,
                }
        );
    }
}
