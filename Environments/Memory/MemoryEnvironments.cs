using Environments.Memory.Bandits;
using Environments.Memory.Bsuite;
using Environments.Memory.PopGym;
using Environments.Memory.TMazes;

namespace Environments.Memory;

/// <summary>Names, options and scores of the tasks that need memory.</summary>
internal static class MemoryEnvironments
{
    public static void Register(EnvironmentRegistry registry)
    {
        registry.Register(
            "Memory/Recall-v0",
            [
                EnvironmentOption.Integer("delay", 5, 1, 10_000, "Steps from the cue to the question."),
                EnvironmentOption.Integer("symbols", 4, 2, 64, "Symbols that the cue may be."),
                EnvironmentOption.Integer("distractors", 3, 0, 32, "Random bits in each observation."),
                EnvironmentOption.Flag(
                    "reminder",
                    false,
                    "Whether the cue stands beside the question, too: a control that needs no memory."
                ),
            ],
            options => new Recall(
                options.Integer("delay"),
                options.Integer("symbols"),
                options.Integer("distractors"),
                options.Flag("reminder")
            ),
            (spec, options) =>
                spec with
                {
                    RewardThreshold = 0.9,
                    RandomReturn = -1 + 2.0 / options.Integer("symbols"),
                    Description = "A cue is shown once; name it when asked some steps later.",
                }
        );
        registry.Register(
            "Memory/Copy-v0",
            [
                EnvironmentOption.Integer("length", 5, 1, 64, "Symbols in the sequence."),
                EnvironmentOption.Integer("delay", 10, 0, 10_000, "Blank steps before it is wanted back."),
            ],
            options => new Copy(options.Integer("length"), options.Integer("delay")),
            (spec, _) =>
                spec with
                {
                    RewardThreshold = 0.95,
                    RandomReturn = 0.125,
                    Description = "A sequence of symbols is shown; give it back in the same order after a delay.",
                }
        );
        registry.Register(
            "Memory/AssociativeRetrieval-v0",
            [
                EnvironmentOption.Integer("pairs", 2, 1, 32, "Pairs of a letter and a digit in an episode."),
                EnvironmentOption.Integer("letters", 26, 1, 1_000, "Letters of the alphabet, at least as many as pairs."),
            ],
            options => new AssociativeRetrieval(options.Integer("pairs"), options.Integer("letters")),
            (spec, _) =>
                spec with
                {
                    RewardThreshold = 0.95,
                    RandomReturn = 0.1,
                    Description = "Pairs of a letter and a digit are shown, then one of the letters; name its digit.",
                }
        );
        registry.Register(
            "Memory/BlankedCatch-v0",
            [
                EnvironmentOption.Integer("size", 10, 4, 64, "Rows and columns of the grid."),
                EnvironmentOption.Integer("shown", 4, 0, 1_000, "Last step that shows the grid; later ones are blank."),
            ],
            options => new BlankedCatch(options.Integer("size"), options.Integer("shown")),
            (spec, options) =>
                spec with
                {
                    RewardThreshold = 0.7,
                    RandomReturn = -1 + 6.0 / options.Integer("size"),
                    Description = "Catch a falling ball that is seen only at first.",
                }
        );
        TMazeEnvironments.Register(registry);
        BsuiteEnvironments.Register(registry);
        PopGymEnvironments.Register(registry);
        BanditEnvironments.Register(registry);
    }
}
