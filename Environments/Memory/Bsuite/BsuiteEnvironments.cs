namespace Environments.Memory.Bsuite;

/// <summary>Names, options and scores of the tasks from bsuite.</summary>
internal static class BsuiteEnvironments
{
    public static void Register(EnvironmentRegistry registry)
    {
        registry.Register(
            "Memory/MemoryChain-v0",
            [
                EnvironmentOption.Integer("length", 10, 1, 10_000, "Steps from the bits to the question."),
                EnvironmentOption.Integer("bits", 1, 1, 64, "Bits to remember."),
            ],
            options => new MemoryChain(options.Integer("length"), options.Integer("bits")),
            (spec, _) =>
                spec with
                {
                    RewardThreshold = 0.95,
                    RandomReturn = 0,
                    Description = "Remember some bits and tell the one that is asked for in the end.",
                }
        );
        registry.Register(
            "Memory/DiscountingChain-v0",
            [EnvironmentOption.Integer("favoured", 0, 0, 4, "Choice that pays 1.1: after 1, 3, 10, 30 or 100 steps.")],
            options => new DiscountingChain(options.Integer("favoured")),
            (spec, _) =>
                spec with
                {
                    RewardThreshold = 1.09,
                    RandomReturn = 1.02,
                    Description = "Choose once how late a reward comes; one choice pays a tenth more.",
                }
        );
        registry.Register(
            "Memory/Umbrella-v0",
            [
                EnvironmentOption.Integer("length", 20, 1, 10_000, "Steps from the choice to its consequence."),
                EnvironmentOption.Integer("distractors", 20, 0, 1_000, "Random bits in each observation."),
            ],
            options => new UmbrellaChain(options.Integer("length"), options.Integer("distractors")),
            (spec, _) =>
                spec with
                {
                    RewardThreshold = 0.9,
                    RandomReturn = 0,
                    Description = "Take an umbrella or not, and learn only at the end of a noisy day whether that was right.",
                }
        );
    }
}
