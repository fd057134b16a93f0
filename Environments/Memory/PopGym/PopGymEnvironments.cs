namespace Environments.Memory.PopGym;

/// <summary>Names, levels and scores of the tasks from POPGym.</summary>
internal static class PopGymEnvironments
{
    private static readonly EnvironmentOption Level = EnvironmentOption.Word(
        "level",
        PopGymLevel.Easy,
        "Size of the task, POPGym's."
    );

    public static void Register(EnvironmentRegistry registry)
    {
        registry.Register(
            "Memory/RepeatFirst-v0",
            [Level],
            options => new RepeatFirst(Pick(options, 1, 8, 16)),
            (spec, _) => Cards(spec, "Cards are dealt; name the suit of the first one again and again.")
        );
        registry.Register(
            "Memory/RepeatPrevious-v0",
            [Level],
            options => new RepeatPrevious(Pick(options, 1, 2, 3), Pick(options, 4, 32, 64)),
            (spec, _) => Cards(spec, "Cards are dealt; name the suit of the one shown some cards before.")
        );
        registry.Register(
            "Memory/Autoencode-v0",
            [Level],
            options => new Autoencode(Pick(options, 1, 2, 3)),
            (spec, _) => Cards(spec, "Watch all cards being dealt, then name their suits in reverse order.")
        );
        registry.Register(
            "Memory/Concentration-v0",
            [Level],
            CreateConcentration,
            (spec, options) =>
                spec with
                {
                    MaxEpisodeSteps = CreateConcentration(options).Limit,
                    RandomReturn = Pick(options, -0.191, -0.186, -0.835),
                    Description = "Turn two cards of a hidden board at a time and find the pairs.",
                }
        );
        registry.Register(
            "Memory/PositionOnlyCartPole-v0",
            [Level],
            options => new PositionOnlyCartPole(CartPoleLimit(options)),
            (spec, options) =>
                spec with
                {
                    MaxEpisodeSteps = CartPoleLimit(options),
                    RewardThreshold = 0.95,
                    RandomReturn = Pick(options, 0.107, 0.053, 0.035),
                    Description = "Balance a pole on a cart without being shown how fast they move.",
                }
        );
        registry.Register(
            "Memory/PositionOnlyPendulum-v0",
            [Level],
            options => new PositionOnlyPendulum(PendulumLimit(options)),
            (spec, options) =>
                spec with
                {
                    MaxEpisodeSteps = PendulumLimit(options),
                    RandomReturn = Pick(options, 0.244, 0.243, 0.242),
                    Description = "Swing a pendulum up and hold it there without being shown how fast it turns.",
                }
        );
    }

    private static Concentration CreateConcentration(EnvironmentOptions options) =>
        new(Pick(options, 1, 2, 1), Pick(options, false, false, true));

    private static int CartPoleLimit(EnvironmentOptions options) => Pick(options, 200, 400, 600);

    private static int PendulumLimit(EnvironmentOptions options) => Pick(options, 200, 150, 100);

    private static EnvironmentSpec Cards(EnvironmentSpec spec, string description) =>
        spec with
        {
            RewardThreshold = 0.95,
            RandomReturn = -0.5,
            Description = description,
        };

    private static T Pick<T>(EnvironmentOptions options, T easy, T medium, T hard) =>
        options.Word<PopGymLevel>(Level.Name) switch
        {
            PopGymLevel.Easy => easy,
            PopGymLevel.Medium => medium,
            PopGymLevel.Hard => hard,
        };
}
