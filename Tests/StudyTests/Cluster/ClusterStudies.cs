using Agents.Yaml;
using Studies;
using Studies.Cluster.Driving;
using Studies.Cluster.Joining;
using Studies.Execution;
using Studies.Legs;
using Studies.Results;

namespace Tests.StudyTests.Cluster;

/// <summary>Small sweeps, for this process or for a cluster.</summary>
internal static class ClusterStudies
{
    public static StudySettings Sweep(int steps, int points, string more = "") =>
        StrictYaml.Bind<StudySettings>(
            StrictYaml.Parse(
                $$"""
                environment: CartPole-v1
                agent: ppo
                total_steps: {{steps}}
                evaluation_episodes: 5
                space:
                  ppo.learning_rate: { from: 1e-4, to: 1e-2, scale: log, points: {{points}} }
                {{more}}
                """,
                "sweep"
            ),
            "sweep"
        );

    public static ClusterOptions Options(TestRedis redis, Action<string>? log = null) =>
        new()
        {
            Address = ClusterAddress.Parse(redis.Address),
            Password = TestRedis.Password,
            Log = log,
        };

    public static Task<StudyResult> RunLocallyAsync(StudySettings settings, string folder) =>
        Study.RunAsync(
            settings,
            "sweep",
            new StudyOptions { Folder = folder, CreateRunner = root => new ThreadLegRunner(root, 1, new()) },
            default
        );

    public static Task<StudyResult> RunAsync(
        StudySettings settings,
        string folder,
        ClusterOptions cluster,
        IProgress<StudyProgress>? progress = null
    ) =>
        Study.RunAsync(
            settings,
            "sweep",
            new StudyOptions
            {
                Folder = folder,
                CreateRunner = root => ClusterLegRunner.Connect(cluster, root),
                Progress = progress,
            },
            default
        );

    /// <summary>A study's table without the processor seconds, which are its last column.</summary>
    public static string Table(string folder) =>
        string.Join('\n', File.ReadLines(Path.Combine(folder, "table.csv")).Select(line => line[..line.LastIndexOf(',')]));

    /// <summary>Calls a method with each progress.</summary>
    public sealed class Watcher(Action<StudyProgress> watch) : IProgress<StudyProgress>
    {
        public void Report(StudyProgress value) => watch(value);
    }
}
