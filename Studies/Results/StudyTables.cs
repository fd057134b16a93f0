using System.Globalization;
using System.Text;
using Agents.Files;
using Studies.Execution;
using Studies.Trials;

namespace Studies.Results;

/// <summary>The tables that a study leaves in its folder. Columns but the processor seconds are the same however often the study was stopped.</summary>
internal static class StudyTables
{
    /// <summary>Writes them.</summary>
    public static void Write(string folder, StudyPlan plan, StudyState state, StudyWinner? winner)
    {
        string[] keys = [.. plan.Space.Parameters.Select(parameter => parameter.Key)];
        if (!plan.Settings.Method.IsPopulation)
        {
            IEnumerable<StudyRow> rows = StudyRow.Of(state.Legs.Select(record => new LegView(record.Leg, record.Result)));
            Save(
                Path.Combine(folder, "table.csv"),
                ["candidate", .. keys, "steps", "score", .. Seeds(plan), "failure", "cpu_seconds"],
                rows.Select(row =>
                    (IEnumerable<string>)
                        [
                            $"{row.Number}",
                            .. keys.Select(key => row.Values[key] ?? ""),
                            $"{row.Steps}",
                            Number(row.Score),
                            .. Enumerable.Range(0, plan.Settings.Seeds).Select(i => Number(row.Scores.ElementAtOrDefault(i))),
                            row.Failure ?? "",
                            Number(Math.Round(row.CpuSeconds, 3)),
                        ]
                )
            );
            return;
        }
        WriteLegs(folder, keys, state);
        WriteLineage(folder, keys, state);
        if (winner is not null)
        {
            WriteSchedule(Path.Combine(folder, "schedule.csv"), keys, state, winner.Legs[0]);
        }
    }

    private static void WriteLegs(string folder, string[] keys, StudyState state) =>
        Save(
            Path.Combine(folder, "table.csv"),
            ["leg", "member", "steps", "score", .. keys, "copied_leg", "failure", "cpu_seconds"],
            state.Legs.Select(record =>
                (IEnumerable<string>)
                    [
                        $"{record.Leg.Number}",
                        $"{record.Leg.Trial}",
                        $"{record.Result?.Steps}",
                        Number(record.Result?.Score ?? double.NaN),
                        .. keys.Select(key => record.Leg.Values[key] ?? ""),
                        $"{record.Leg.CopyOf}",
                        record.Result?.Failure ?? "",
                        Number(record.Result?.CpuSeconds ?? 0),
                    ]
            )
        );

    private static void WriteLineage(string folder, string[] keys, StudyState state) =>
        Save(
            Path.Combine(folder, "lineage.csv"),
            [
                "leg",
                "member",
                "source",
                "own_steps",
                "source_steps",
                "own_score",
                "source_score",
                .. keys.Select(key => $"before:{key}"),
                .. keys.Select(key => $"copied:{key}"),
                .. keys.Select(key => $"after:{key}"),
            ],
            Lineage
                .Rows(state)
                .Select(row =>
                    (IEnumerable<string>)
                        [
                            $"{row.Leg}",
                            $"{row.Member}",
                            $"{row.Source}",
                            $"{row.OwnSteps}",
                            $"{row.SourceSteps}",
                            Number(row.OwnScore),
                            Number(row.SourceScore),
                            .. keys.Select(key => row.Before?[key] ?? ""),
                            .. keys.Select(key => row.Copied[key] ?? ""),
                            .. keys.Select(key => row.After[key] ?? ""),
                        ]
                )
        );

    // The steps are those that the winner's parameters were trained, whoever trained them.
    private static void WriteSchedule(string path, string[] keys, StudyState state, LegRecord winner)
    {
        long steps = 0;
        Save(
            path,
            ["from_steps", "to_steps", "leg", "member", .. keys],
            Lineage
                .Schedule(state, winner)
                .Select(part =>
                    (IEnumerable<string>)
                        [
                            $"{steps}",
                            $"{steps += part.Steps}",
                            $"{part.Leg.Number}",
                            $"{part.Leg.Trial}",
                            .. keys.Select(key => part.Leg.Values[key] ?? ""),
                        ]
                )
        );
    }

    private static IEnumerable<string> Seeds(StudyPlan plan) =>
        Enumerable.Range(plan.Settings.FirstSeed, plan.Settings.Seeds).Select(seed => $"seed_{seed}");

    private static string Number(double value) => double.IsNaN(value) ? "" : value.ToString(CultureInfo.InvariantCulture);

    private static void Save(string path, IEnumerable<string> header, IEnumerable<IEnumerable<string>> rows)
    {
        var text = new StringBuilder();
        foreach (IEnumerable<string> row in rows.Prepend(header))
        {
            text.AppendJoin(',', row.Select(Cell)).Append('\n');
        }
        AtomicFile.Write(path, text.ToString());
    }

    private static string Cell(string value) =>
        value.AsSpan().IndexOfAny(",\"\n\r") < 0 ? value : $"\"{value.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
}
