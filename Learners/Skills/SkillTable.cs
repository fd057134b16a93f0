using System.Globalization;
using System.Text;
using Agents.Files;
using Learners.Metrics;

namespace Learners.Skills;

/// <summary>The <c>metrics.csv</c> of a discovery: a row for each skill.</summary>
internal static class SkillTable
{
    /// <summary>Names of the columns that every table has, in their order.</summary>
    public static IReadOnlyList<string> Columns { get; } =
    [
        CsvMetricsWriter.StepsColumn,
        "skill",
        "cells",
        "total_cells",
        "novelty",
        "state_entropy",
        "skill_entropy",
        "positives",
        "network_reward",
        "task_return",
        "largest_task_return",
        "depth",
        "reward_loss",
    ];

    /// <summary>Writes the table, whole or not at all.</summary>
    /// <param name="path">Where to.</param>
    /// <param name="records">Finished skills.</param>
    /// <param name="tracks">Names of the tracks, whose columns are the last.</param>
    public static void Write(string path, IReadOnlyList<SkillRecord> records, string[] tracks)
    {
        var text = new StringBuilder(string.Join(',', Columns.Concat(tracks))).Append('\n');
        foreach (SkillRecord record in records)
        {
            double[] numbers =
            [
                record.EnvironmentSteps,
                record.Skill,
                record.Cells,
                record.TotalCells,
                record.Novelty,
                record.StateEntropy,
                record.SkillEntropy,
                record.Positives,
                record.NetworkReward,
                record.TaskReturn,
                record.LargestTaskReturn,
                record.Depth,
                record.RewardLoss,
                .. tracks.Select(name => record.Tracks[name]),
            ];
            text.AppendJoin(',', numbers.Select(Number)).Append('\n');
        }
        AtomicFile.Write(path, text.ToString());
    }

    private static string Number(double value) => double.IsNaN(value) ? "" : value.ToString("R", CultureInfo.InvariantCulture);
}
