namespace Environments.Memory.Bandits;

/// <summary>Names, options and scores of the tasks in which an episode is a problem to be explored and solved.</summary>
internal static class BanditEnvironments
{
    private const string Trials = "trials";

    public static void Register(EnvironmentRegistry registry)
    {
        RegisterBandits(registry);
        registry.Register(
            "Memory/TwoStep-v0",
            [EnvironmentOption.Integer(Trials, 100, 1, 10_000, "Trials of two steps in an episode.")],
            options => new TwoStep(options.Integer(Trials)),
            (spec, options) =>
                spec with
                {
                    RandomReturn = 0.5 * options.Integer(Trials),
                    Description = "Choose which of two states to reach, mostly with success, while the one that pays changes.",
                }
        );
        registry.Register(
            "Memory/Harlow-v0",
            [
                EnvironmentOption.Integer(Trials, 6, 1, 1_000, "Trials of an episode."),
                EnvironmentOption.Integer("bits", 10, 1, 32, "Bits of an object."),
            ],
            options => new Harlow(options.Integer(Trials), options.Integer("bits")),
            (spec, options) =>
                spec with
                {
                    RewardThreshold = 0.95 * (options.Integer(Trials) - 0.5),
                    RandomReturn = 0.5 * options.Integer(Trials),
                    Description = "Find out by one guess which of two new objects pays, then always choose it.",
                }
        );
        registry.Register(
            "Memory/BarcodeBandit-v0",
            [
                EnvironmentOption.Integer("arms", 10, 2, BarcodeBandit.MaxArms, "Arms of each bandit."),
                EnvironmentOption.Integer("contexts", 10, 1, BarcodeBandit.MaxContexts, "Bandits of an epoch."),
                EnvironmentOption.Integer("bits", 10, 1, BarcodeBandit.MaxBits, "Bits of a barcode."),
                EnvironmentOption.Integer("repeats", 10, 1, 10_000, "Episodes of each bandit in an epoch."),
                EnvironmentOption.Integer("pulls", 10, 1, 10_000, "Pulls of an episode."),
            ],
            options => new BarcodeBandit(
                options.Integer("arms"),
                options.Integer("contexts"),
                options.Integer("bits"),
                options.Integer("repeats"),
                options.Integer("pulls")
            ),
            (spec, options) =>
                spec with
                {
                    RandomReturn = options.Integer("pulls") * (0.1 + 0.8 / options.Integer("arms")),
                    Description = "Bandits with barcodes come back, so what an earlier episode found out can be used again.",
                }
        );
    }

    private static void RegisterBandits(EnvironmentRegistry registry)
    {
        EnvironmentOption trials = EnvironmentOption.Integer(Trials, 100, 1, 10_000, "Pulls of an episode.");
        registry.Register(
            "Memory/TwoArmedBandit-v0",
            [
                EnvironmentOption.Word(
                    "family",
                    BanditFamily.Independent,
                    "How the two probabilities are drawn: each for itself, or as p and 1 − p with p uniform, 0.9, 0.75 or 0.6."
                ),
                trials,
            ],
            options => new Bandit(options.Word<BanditFamily>("family"), options.Integer(Trials)),
            (spec, options) =>
                spec with
                {
                    RandomReturn = 0.5 * options.Integer(Trials),
                    Description = "Explore two arms that are new in each episode, then exploit the better one.",
                }
        );
        registry.Register(
            "Memory/MultiArmedBandit-v0",
            [EnvironmentOption.Integer("arms", 5, 2, Bandit.MaxArms, "Arms, with independent probabilities."), trials],
            options => new Bandit(BanditFamily.Independent, options.Integer(Trials), options.Integer("arms")),
            (spec, options) =>
                spec with
                {
                    RandomReturn = 0.5 * options.Integer(Trials),
                    Description = "Explore arms that are new in each episode, then exploit the best one.",
                }
        );
        registry.Register(
            "Memory/InformativeBandit-v0",
            [EnvironmentOption.Integer(Trials, 5, 1, 10_000, "Pulls of an episode.")],
            options => new InformativeBandit(options.Integer(Trials)),
            (spec, options) =>
                spec with
                {
                    RewardThreshold = 0.95 * (5 * (options.Integer(Trials) - 1) + 0.55),
                    RandomReturn = 14.55 / 11 * options.Integer(Trials),
                    Description = "Give up a reward to learn from the eleventh arm which of ten pays five times as much.",
                }
        );
    }
}
