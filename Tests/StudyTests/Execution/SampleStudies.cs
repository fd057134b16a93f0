using Agents.Yaml;
using Learners.Training;
using Studies;
using Studies.Execution;
using Studies.Legs;
using Studies.Results;
using Studies.Trials;
using Xunit;

namespace Tests.StudyTests.Execution;

/// <summary>Small studies that train for real, in threads.</summary>
internal static class SampleStudies
{
    /// <summary>Two rates and two seeds.</summary>
    public const string Grid = """
        environment: CartPole-v1
        agent: a2c
        total_steps: 1_500
        seeds: 2
        evaluation_episodes: 3
        space: { a2c.learning_rate: [1e-3, 1e-2] }
        """;

    /// <summary>Four members with four events.</summary>
    public const string Population = """
        environment: CartPole-v1
        agent: a2c
        total_steps: 1_000
        evaluation_episodes: 3
        method: population
        population: { members: 4, ready: 250, quantile: 0.5 }
        space: { a2c.learning_rate: { from: 1e-4, to: 1e-1, scale: log }, a2c.entropy_coefficient: { from: 0, to: 0.1 } }
        """;

    /// <summary>Settings of a text.</summary>
    public static StudySettings Read(string text) => StrictYaml.Bind<StudySettings>(StrictYaml.Parse(text, "test"), "test");

    /// <summary>Carries a study out with one thread, so that what is decided does not depend on who is faster.</summary>
    public static Task<StudyResult> Run(
        string text,
        string folder,
        IProgress<StudyProgress>? progress = null,
        Func<ILegRunner, ILegRunner>? wrap = null
    ) =>
        Study.RunAsync(
            Read(text),
            "test",
            new StudyOptions
            {
                Folder = folder,
                CreateRunner = path =>
                {
                    ILegRunner runner = new ThreadLegRunner(path, 1, new TrainingOptions());
                    return wrap is null ? runner : wrap(runner);
                },
                Progress = progress,
            },
            TestContext.Current.CancellationToken
        );

    /// <summary>A table without its processor seconds, the last column.</summary>
    public static string[] Table(string folder) =>
        [.. File.ReadAllLines(Path.Combine(folder, "table.csv")).Select(line => line[..line.LastIndexOf(',')])];

    /// <summary>Does something before each leg.</summary>
    public sealed class Interposed(ILegRunner inner, Func<LegOrder, LegResult?> before) : ILegRunner
    {
        public int Capacity => inner.Capacity;

        public async Task<LegResult> RunAsync(LegOrder order, IProgress<long> progress, CancellationToken cancellationToken) =>
            before(order) ?? await inner.RunAsync(order, progress, cancellationToken);
    }
}
