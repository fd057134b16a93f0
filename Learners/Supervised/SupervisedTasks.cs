using Agents.Yaml;
using Learners.Supervised.Tasks;

namespace Learners.Supervised;

/// <summary>All tasks of supervised learning. A task is added by one line here.</summary>
internal static class SupervisedTasks
{
    /// <summary>The table, each task with its defaults.</summary>
    public static NameTable Table { get; } =
        new(
            "task",
            new AddingTask(),
            new AssociativeRetrievalTask(),
            new BiasedQuadraticTask(),
            new CopyTask(),
            new CopyBitsTask(),
            new DelayedRecallTask(),
            new GaussianCentresTask(),
            new ImagesTask(),
            new NoisyQuadraticTask(),
            new TextTask(),
            new TwoTimescaleTextTask()
        );

    /// <summary>The tasks.</summary>
    public static IEnumerable<SupervisedTask> All => Table.Parts.Cast<SupervisedTask>();

    /// <summary>The task of a name.</summary>
    /// <exception cref="SettingsException">There is none.</exception>
    public static SupervisedTask Find(string name) =>
        (SupervisedTask?)Table.Find(name) ?? throw new SettingsException($"task: {Table.Unknown(name)}");
}
