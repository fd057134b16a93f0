using System.Globalization;
using System.Text.Json.Nodes;

namespace Tests.StudyTests.Comparison;

/// <summary>Run folders with just the files and keys that a comparison reads.</summary>
/// <param name="root">Folder above them.</param>
internal sealed class SampleRuns(TemporaryFolder root)
{
    private int _count;

    /// <summary>Writes a finished run.</summary>
    /// <param name="agent">Agent.</param>
    /// <param name="score">Mean return of the final evaluation; null for none.</param>
    /// <param name="environment">Environment id.</param>
    /// <param name="settings">More lines of its settings.</param>
    /// <param name="episodes">Returns of its training episodes, one every ten steps; null where they were not recorded.</param>
    /// <param name="evaluations">Mean returns of evaluations, one every hundred steps.</param>
    /// <param name="hash">Hash of its parameters; null for one of its own.</param>
    /// <returns>Its folder.</returns>
    public string Write(
        string agent,
        double? score,
        string environment = "CartPole-v1",
        string settings = "",
        double[]? episodes = null,
        double[]? evaluations = null,
        string? hash = null
    )
    {
        string folder = Begin(agent, environment, settings);
        File.WriteAllText(
            Path.Combine(folder, "summary.json"),
            new JsonObject
            {
                ["env_steps"] = 10_000,
                ["cpu_seconds"] = 50,
                ["interrupted"] = false,
                ["parameter_hash"] = hash ?? $"{_count}",
                ["mean_return"] = score,
            }.ToJsonString()
        );
        File.WriteAllText(
            Path.Combine(folder, "metrics.csv"),
            "env_steps,eval/mean_return\n" + string.Concat((evaluations ?? []).Select((value, i) => Row(100 * (i + 1), value)))
        );
        if (episodes is not null)
        {
            File.WriteAllText(
                Path.Combine(folder, "episodes.csv"),
                "env_steps,return,length\n" + string.Concat(episodes.Select((value, i) => Row(10 * (i + 1), value, 10)))
            );
        }
        return folder;
    }

    /// <summary>Writes a run that is not finished.</summary>
    public string Begin(string agent, string environment = "CartPole-v1", string settings = "")
    {
        string folder = root.In("runs", agent, $"{++_count:000}");
        Directory.CreateDirectory(folder);
        File.WriteAllText(
            Path.Combine(folder, "config.yaml"),
            $"environment: {environment}\nagent: {agent}\nseed: {_count}\n{settings}\n"
        );
        File.WriteAllText(Path.Combine(folder, "metrics.csv"), "env_steps,eval/mean_return\n");
        return folder;
    }

    private static string Row(params double[] cells) =>
        string.Join(',', cells.Select(cell => cell.ToString(CultureInfo.InvariantCulture))) + "\n";
}
