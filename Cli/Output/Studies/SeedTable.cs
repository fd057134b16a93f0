using System.Text.Json.Nodes;
using Learners.Training;
using Protos.Foreign;
using Spectre.Console;

namespace Cli.Output;

/// <summary>What became of several seeds, as a table or as JSON.</summary>
internal static class SeedTable
{
    /// <summary>One object: every seed in its order, and the mean of the returns where all were evaluated.</summary>
    public static string ToJson(IReadOnlyList<SeedOutcome> outcomes) =>
        new JsonObject
        {
            ["runs"] = new JsonArray([
                .. outcomes.Select(outcome =>
                {
                    JsonObject run = outcome.Result is { } result
                        ? RunSummary.ToNode(result)
                        : new JsonObject
                        {
                            ["error"] = outcome.Failure is null ? null : ForeignText.Line(outcome.Failure.Message),
                        };
                    run.Insert(0, "seed", outcome.Seed);
                    return run;
                }),
            ]),
            ["mean_return"] = MeanReturn(outcomes),
        }.ToJsonString();

    /// <summary>Prints a table and what to do next.</summary>
    /// <param name="output">Where results go.</param>
    /// <param name="error">Where the rest goes.</param>
    /// <param name="outcomes">The seeds.</param>
    /// <param name="words">Options that a next command needs.</param>
    public static void Print(
        TextWriter output,
        TextWriter error,
        IReadOnlyList<SeedOutcome> outcomes,
        IReadOnlyList<string> words
    )
    {
        Table table = Tables.Create("seed", "mean return", "95 % interval", "best return", "steps", "run");
        foreach (SeedOutcome outcome in outcomes)
        {
            TrainingResult? result = outcome.Result;
            table.AddRow(
                $"{outcome.Seed}",
                result?.Evaluation is { } evaluation ? Tables.Number(evaluation.MeanReturn) : "–",
                result?.Evaluation is { } scored ? $"{Tables.Number(scored.Ci95Low)} to {Tables.Number(scored.Ci95High)}" : "",
                result?.BestReturn is { } best ? Tables.Number(best) : "",
                result is null ? "" : Tables.Number(result.EnvironmentSteps),
                Markup.Escape(
                    result is not null ? NextCommand.Relative(result.RunFolder)
                    : outcome.Failure is null ? "not begun"
                    : "failed"
                )
            );
        }
        if (MeanReturn(outcomes) is { } mean)
        {
            table.AddRow("mean", Tables.Number(mean));
        }
        Tables.Print(output, table);
        foreach (SeedOutcome outcome in outcomes)
        {
            if (outcome.Failure is { } failure)
            {
                error.WriteLine($"error: seed {outcome.Seed}: {ForeignText.Line(failure.Message)}");
            }
            else if (outcome.Result is { Interrupted: true } stopped)
            {
                string[] next = ["train", "--resume", NextCommand.Relative(stopped.RunFolder), .. words];
                error.WriteLine(
                    $"Seed {outcome.Seed} was interrupted at step {stopped.EnvironmentSteps}. Continue with: {NextCommand.Of(next)}"
                );
            }
        }
        ulong[] waiting =
        [
            .. outcomes.Where(outcome => outcome is { Result: null, Failure: null }).Select(outcome => outcome.Seed),
        ];
        if (waiting.Length > 0)
        {
            error.WriteLine($"Not begun: train them with --seeds {string.Join(',', waiting)} and the same options.");
        }
    }

    private static double? MeanReturn(IReadOnlyList<SeedOutcome> outcomes) =>
        outcomes.All(outcome => outcome.Result?.Evaluation is not null)
            ? outcomes.Average(outcome => outcome.Result!.Evaluation!.MeanReturn)
            : null;
}
