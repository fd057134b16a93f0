using System.Globalization;
using Protos.Foreign;
using Spectre.Console;
using Studies.Execution;
using Studies.Results;
using Studies.Search;
using Studies.Trials;

namespace Cli.Output;

/// <summary>A study's candidates or members as a table, while it runs and at its end.</summary>
internal static class StudyTable
{
    private const int MostRows = 30;

    /// <summary>The table: the best first, and above them what trains.</summary>
    /// <param name="plan">The study.</param>
    /// <param name="legs">Its legs.</param>
    /// <param name="steps">Environment steps of trials that train, by number of the leg; null at the end.</param>
    public static Table Of(StudyPlan plan, IReadOnlyList<LegView> legs, IReadOnlyDictionary<int, long>? steps)
    {
        string[] keys = [.. plan.Space.Parameters.Select(parameter => parameter.Key)];
        bool isMember = plan.Settings.Method.IsPopulation;
        bool mayGoOn = isMember || plan.Settings.Method is HalvingSettings; // others stop early at a return
        Table table = Tables.Create([
            isMember ? "member" : "candidate",
            .. keys.Select(Short),
            "steps",
            plan.Settings.Seeds > 1 ? $"score, mean of {plan.Settings.Seeds} seeds" : "score",
            "state",
        ]);
        StudyRow[] rows =
        [
            .. StudyRow
                .Of(legs)
                .OrderByDescending(row => row.IsTraining)
                .ThenByDescending(row => isMember ? 0 : row.Steps)
                .ThenByDescending(row => double.IsNaN(row.Score) ? double.NegativeInfinity : row.Score),
        ];
        foreach (StudyRow row in rows.Take(MostRows))
        {
            long now = steps is null
                ? row.Steps
                : legs.Where(view => view.Leg.Candidate == row.Number && view.Result is null)
                    .Select(view => steps.GetValueOrDefault(view.Leg.Number))
                    .DefaultIfEmpty(row.Steps)
                    .Max();
            table.AddRow([
                $"{row.Number}",
                .. keys.Select(key => Tables.Foreign(row.Values[key] ?? "")),
                now.ToString("#,0", CultureInfo.InvariantCulture),
                double.IsNaN(row.Score) ? "" : Tables.Number(row.Score),
                row.IsTraining && steps is not null ? "trains"
                : row.Failure is not null ? "failed"
                : mayGoOn && row.Steps < plan.TotalSteps ? "waits"
                : "done",
            ]);
        }
        if (rows.Length > MostRows)
        {
            table.Caption($"and {rows.Length - MostRows} more");
        }
        return table;
    }

    /// <summary>Prints what a study found.</summary>
    /// <param name="output">Receives the table, or the JSON.</param>
    /// <param name="error">Receives a line for each trial that failed.</param>
    /// <param name="result">What was found.</param>
    /// <param name="json">Whether JSON is wanted.</param>
    /// <param name="words">Options that the next command needs.</param>
    public static void Print(TextWriter output, TextWriter error, StudyResult result, bool json, IReadOnlyList<string> words)
    {
        foreach (LegRecord failure in result.Failures)
        {
            error.WriteLine(
                $"failed: {(result.Plan.Settings.Method.IsPopulation ? "member" : "candidate")} {failure.Leg.Candidate}, seed {failure.Leg.Seed} ({ForeignText.Show(failure.Leg.Values.ToString())}): {ForeignText.Show(failure.Result!.Failure)}"
            );
        }
        if (json)
        {
            output.WriteLine(result.ToNode().ToJsonString());
            return;
        }
        DiagnosticWriter.Try(() => Print(output, result, words));
    }

    private static void Print(TextWriter output, StudyResult result, IReadOnlyList<string> words)
    {
        Tables.Print(
            output,
            Of(result.Plan, [.. result.State.Legs.Select(record => new LegView(record.Leg, record.Result))], null)
        );
        StudyWinner winner = result.Winner;
        string what = result.Plan.Settings.Method.IsPopulation ? "member" : "candidate";
        output.WriteLine(
            $"Best: {what} {winner.Legs[0].Leg.Candidate}, {ForeignText.Show(winner.Values.ToString())}: chosen by {Tables.Number(winner.Score)}, on fresh episodes {Tables.Number(winner.FreshReturn)}"
        );
        output.WriteLine($"Settings: {NextCommand.Relative(result.BestFile)}");
        output.WriteLine($"Policy: {NextCommand.Relative(result.PolicyFolder)}");
        output.WriteLine(
            $"Train them with: {NextCommand.Of(["train", "--config", NextCommand.Relative(result.BestFile), .. words])}"
        );
    }

    private static string Short(string key) => Markup.Escape(key[(key.LastIndexOf('.') + 1)..]);
}
