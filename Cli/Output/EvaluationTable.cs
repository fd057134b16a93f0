using Learners.Evaluation;
using Spectre.Console;

namespace Cli.Output;

/// <summary>The scores of an evaluation as a table.</summary>
internal static class EvaluationTable
{
    public static Table Create(EvaluationResult result, double? humanNormalized = null)
    {
        Table table = Tables.Create($"Evaluation of {result.Episodes} episodes", "");
        table.AddRow("mean return", Tables.Number(result.MeanReturn));
        table.AddRow("95 % interval", $"{Tables.Number(result.Ci95Low)} to {Tables.Number(result.Ci95High)}");
        table.AddRow("standard deviation", Tables.Number(result.StdReturn));
        table.AddRow("smallest to largest", $"{Tables.Number(result.MinReturn)} to {Tables.Number(result.MaxReturn)}");
        table.AddRow("mean length", Tables.Number(result.MeanLength));
        if (humanNormalized is { } score)
        {
            table.AddRow("human-normalised score", Tables.Number(score));
        }
        return table;
    }
}
