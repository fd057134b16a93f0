using System.Globalization;
using System.Text;

namespace Tests.PageTests;

/// <summary>Writes folders of runs as training writes them.</summary>
internal static class RunFolders
{
    public const string Header = "env_steps,charts/episodic_return,charts/SPS\n";

    /// <summary>A run with settings and a table of metrics, whose return rises by one a row.</summary>
    /// <param name="root">Folder of all runs.</param>
    /// <param name="name">Its name there.</param>
    /// <param name="seed">Its seed.</param>
    /// <param name="rows">Rows of its table.</param>
    /// <param name="interrupted">What its summary says; null for none.</param>
    /// <param name="rate">Its learning rate.</param>
    public static string Write(string root, string name, int seed, int rows, bool? interrupted, string rate = "0.001")
    {
        string folder = Path.Combine(root, name);
        Directory.CreateDirectory(folder);
        File.WriteAllText(
            Path.Combine(folder, "config.yaml"),
            $"environment: CartPole-v1\nagent: ppo\nseed: {seed}\ntotal_steps: 100000\nppo:\n  learning_rate: {rate}\n"
        );
        File.WriteAllText(Path.Combine(folder, "metrics.csv"), Header + Rows(1, rows));
        if (interrupted is { } word)
        {
            File.WriteAllText(
                Path.Combine(folder, "summary.json"),
                $$"""{"env_steps": {{100 * rows}}, "interrupted": {{(word ? "true" : "false")}}, "mean_return": 42.5}"""
            );
        }
        return folder;
    }

    /// <summary>Rows of the table: steps in hundreds, the return as high as the row's number, 1,000 steps a second.</summary>
    public static string Rows(int from, int to)
    {
        var text = new StringBuilder();
        for (int row = from; row <= to; row++)
        {
            text.Append(CultureInfo.InvariantCulture, $"{100 * row},{row},1000\n");
        }
        return text.ToString();
    }
}
