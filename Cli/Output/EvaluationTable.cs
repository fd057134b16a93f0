using Learners.Evaluation;
using Learners.Skills;
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

    /// <summary>What a skill reaches.</summary>
    public static Table Of(SkillEvaluation skill)
    {
        Table table = Tables.Create($"Skill {skill.Skill} of {skill.Skills}, played and explored from", "");
        table.AddRow("states visited", Tables.Number(skill.Cells));
        table.AddRow("share that no other skill visits", Tables.Number(skill.Novelty));
        table.AddRow("network's reward", Tables.Number(skill.NetworkReward));
        table.AddRow("told apart from other skills, by each state", Tables.Number(skill.Accuracy));
        table.AddRow("told apart, by where it ends", Tables.Number(skill.AccuracyAtEnd));
        foreach ((string name, double sum) in skill.Tracks)
        {
            table.AddRow(name, Tables.Number(sum));
        }
        return table;
    }
}
