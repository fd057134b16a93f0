namespace Environments.MinAtar;

/// <summary>Names and descriptions of the games: <c>-v0</c> with all six actions, <c>-v1</c> with those that the game reacts to.</summary>
/// <remarks>
/// Returns of random actions were measured over 100,000 episodes (Freeway: 4,096); standard errors are at most 0.01. For six actions they
/// agree with those of the original: 0.52 ± 0.05, 0.53 ± 0.02, 0.05 ± 0.05, 0.11 ± 0.02 and 2.82 ± 0.08.
/// </remarks>
internal static class MinAtarEnvironments
{
    private static readonly EnvironmentOption Generator = EnvironmentOption.Word(
        "generator",
        MinAtarGenerator.Pcg64,
        "Where chance comes from; with numpy a seed plays what it plays in the original, somewhat slower."
    );

    public static void Register(EnvironmentRegistry registry)
    {
        Register<Asterix>(registry, "Asterix", 0.50, 0.50, "Collect gold and evade enemies that cross the board ever faster.");
        Register<Breakout>(registry, "Breakout", 0.51, 0.38, "Keep a ball in play with a paddle and break bricks with it.");
        Register<Freeway>(registry, "Freeway", 0.12, 0.41, "Lead a chicken across eight lanes of traffic as often as possible.");
        Register<Seaquest>(
            registry,
            "Seaquest",
            0.10,
            0.10,
            "Shoot enemies, rescue divers and surface before the oxygen is used up."
        );
        Register<SpaceInvaders>(registry, "SpaceInvaders", 2.85, 4.11, "Shoot down formations of aliens before they land.");
    }

    /// <summary>How batches of a game are made, from the number of copies and the step limit.</summary>
    /// <param name="spec">Description of one copy.</param>
    /// <param name="minimalActions">Whether only the actions that the game reacts to are offered.</param>
    /// <param name="originalDraws">Whether a seed plays what it plays in the original, at some cost in speed and memory.</param>
    public static Func<int, int?, IBatchedEnvironment> Batches<TGame>(
        EnvironmentSpec spec,
        bool minimalActions,
        bool originalDraws
    )
        where TGame : struct, IMinAtarGame =>
        (count, limit) =>
        {
            EnvironmentSpec limited = spec with { MaxEpisodeSteps = limit };
            return originalDraws
                ? new BatchedEnvironment<NumPyMinAtarEnvironment<TGame>>(limited, () => new(minimalActions), count)
                : new BatchedEnvironment<MinAtarEnvironment<TGame>>(limited, () => new(minimalActions), count);
        };

    private static void Register<TGame>(
        EnvironmentRegistry registry,
        string name,
        double randomReturn,
        double minimalRandomReturn,
        string description
    )
        where TGame : struct, IMinAtarGame
    {
        foreach (bool minimalActions in (bool[])[false, true])
        {
            registry.Add(
                $"MinAtar/{name}-v{(minimalActions ? 1 : 0)}",
                [Generator],
                (id, options) =>
                {
                    var probe = new MinAtarEnvironment<TGame>(minimalActions);
                    var spec = new EnvironmentSpec(id, probe.ObservationSpace, probe.ActionSpace)
                    {
                        Options = [Generator],
                        RandomReturn = minimalActions ? minimalRandomReturn : randomReturn,
                        Description = description,
                    };
                    bool originalDraws = options.Word<MinAtarGenerator>(Generator.Name) == MinAtarGenerator.NumPy;
                    return (spec, Batches<TGame>(spec, minimalActions, originalDraws));
                }
            );
        }
    }
}
