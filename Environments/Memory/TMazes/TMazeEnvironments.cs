namespace Environments.Memory.TMazes;

/// <summary>Names, options and scores of the T-mazes.</summary>
internal static class TMazeEnvironments
{
    private const double RandomReturnOfBakkers = -4.64;

    public static void Register(EnvironmentRegistry registry)
    {
        registry.Register(
            "Memory/BakkerTMaze-v0",
            [Length(1_000)],
            options => new BakkerTMaze(options.Integer("length")),
            (spec, options) =>
                spec with
                {
                    MaxEpisodeSteps = 10 * options.Integer("length"),
                    RewardThreshold = 3.8,
                    RandomReturn = options.Integer("length") == 10 ? RandomReturnOfBakkers : null,
                    Description = "Walk along a corridor and turn to the side that its first cell showed.",
                }
        );
        foreach ((string name, bool active) in (ReadOnlySpan<(string, bool)>)[("PassiveTMaze", false), ("ActiveTMaze", true)])
        {
            registry.Register(
                $"Memory/{name}-v0",
                [Length(10_000)],
                options => new OracleTMaze(options.Integer("length"), active),
                (spec, options) =>
                    spec with
                    {
                        RewardThreshold = 0.95,
                        RandomReturn = options.Integer("length") switch
                        {
                            10 => -0.97,
                            30 => -0.99,
                            _ => null,
                        },
                        Description = active
                            ? "Ask an oracle on which side the goal lies, then walk along a corridor and turn to it."
                            : "Remember for a corridor's length on which side the goal lies, then turn to it.",
                    }
            );
        }
    }

    private static EnvironmentOption Length(int high) =>
        EnvironmentOption.Integer("length", 10, 1, high, "Cells from the start to the junction: the steps to remember.");
}
