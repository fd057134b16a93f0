using System.Globalization;
using System.Text.Json.Nodes;
using Learners.Supervised;
using Protos.Foreign;
using Spectre.Console;

namespace Cli.Output;

/// <summary>What came out of supervised learning, as tables and as JSON.</summary>
internal static class LearnTable
{
    /// <summary>A share with three decimals.</summary>
    public static string Share(double share) => share.ToString("0.000", CultureInfo.InvariantCulture);

    /// <summary>How good a network is.</summary>
    public static Table Of(string task, SupervisedScore score)
    {
        Table table = Tables.Create($"{Markup.Escape(ForeignText.Show(task))}, {Tables.Number(score.Answers)} answers", "");
        table.AddRow("loss", Fine(score.Loss));
        if (score.Accuracy is { } accuracy)
        {
            table.AddRow("accuracy", Share(accuracy));
        }
        if (score.BitsPerSymbol is { } bits)
        {
            table.AddRow("bits per symbol", Fine(bits));
        }
        foreach (PartGradient gradient in score.LagGradients)
        {
            string norm = gradient.Norm.ToString("0.00e+0", CultureInfo.InvariantCulture);
            table.AddRow($"gradient norm at the lag, {Markup.Escape(gradient.Part)}", norm);
        }
        return table;
    }

    /// <summary>Prints what became of several seeds.</summary>
    public static void Print(TextWriter output, TextWriter error, IReadOnlyList<SupervisedOutcome> outcomes, bool json)
    {
        if (json)
        {
            output.WriteLine(new JsonObject { ["runs"] = new JsonArray([.. outcomes.Select(Node)]) }.ToJsonString());
            return;
        }
        DiagnosticWriter.Try(() =>
        {
            Table table = Tables.Create("seed", "updates", "loss", "accuracy", "bits per symbol", "run");
            foreach (SupervisedOutcome outcome in outcomes)
            {
                SupervisedScore? score = outcome.Result?.Score;
                table.AddRow(
                    $"{outcome.Seed}",
                    outcome.Result is { } result ? Tables.Number(result.Updates) : "",
                    score is null ? "–" : Fine(score.Loss),
                    score?.Accuracy is { } accuracy ? Share(accuracy) : "",
                    score?.BitsPerSymbol is { } bits ? Fine(bits) : "",
                    Markup.Escape(
                        outcome.Result is { } done ? NextCommand.Relative(done.RunFolder)
                        : outcome.Failure is null ? "not begun"
                        : "failed"
                    )
                );
            }
            Tables.Print(output, table);
            foreach (SupervisedOutcome outcome in outcomes)
            {
                if (outcome.Failure is { } failure)
                {
                    error.WriteLine($"error: seed {outcome.Seed}: {ForeignText.Line(failure.Message)}");
                }
                else if (outcome.Result is { Interrupted: true } stopped)
                {
                    string next = NextCommand.Of(["learn", "--resume", NextCommand.Relative(stopped.RunFolder)]);
                    error.WriteLine($"Seed {outcome.Seed} was interrupted at update {stopped.Updates}. Continue with: {next}");
                }
            }
        });
    }

    private static JsonNode Node(SupervisedOutcome outcome)
    {
        JsonObject node =
            outcome.Result?.ToNode()
            ?? new JsonObject { ["error"] = outcome.Failure is null ? null : ForeignText.Line(outcome.Failure.Message) };
        node.Insert(0, "seed", outcome.Seed);
        return node;
    }

    private static string Fine(double number) => number.ToString("0.0000", CultureInfo.InvariantCulture);
}
