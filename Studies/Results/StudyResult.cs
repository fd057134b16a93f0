using System.Text.Json;
using System.Text.Json.Nodes;
using Agents.Files;
using Agents.Policies;
using Agents.Yaml;
using Learners.Runs;
using Learners.Training;
using Studies.Execution;
using Studies.Trials;

namespace Studies.Results;

/// <summary>What a study that has ended left in its folder.</summary>
internal sealed record StudyResult
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    /// <summary>The study.</summary>
    public required StudyPlan Plan { get; init; }

    /// <summary>Its folder.</summary>
    public required string Folder { get; init; }

    /// <summary>All its legs.</summary>
    public required StudyState State { get; init; }

    /// <summary>The best.</summary>
    public required StudyWinner Winner { get; init; }

    /// <summary>Settings of the best, which <c>agents train --config</c> reads.</summary>
    public string BestFile => Path.Combine(Folder, "best.yaml");

    /// <summary>The policy of the best.</summary>
    public string PolicyFolder => new RunFolder(Folder).Policy;

    /// <summary>Environment steps of all trials together.</summary>
    public long Steps => State.Legs.GroupBy(record => record.Leg.Trial).Sum(trial => trial.Last().Result?.Steps ?? 0);

    /// <summary>Processor seconds of all legs.</summary>
    public double CpuSeconds => State.Ended.Sum(record => double.IsNaN(record.Result!.CpuSeconds) ? 0 : record.Result.CpuSeconds);

    /// <summary>Legs that failed.</summary>
    public IEnumerable<LegRecord> Failures => State.Ended.Where(record => record.Result!.Failure is not null);

    /// <summary>Finds the winner and writes tables, the best settings, the best policy, and a summary.</summary>
    /// <exception cref="InvalidDataException">No trial could be trained.</exception>
    public static StudyResult Write(
        string folder,
        StudyPlan plan,
        StudyState state,
        TrainingOptions options,
        CancellationToken cancellationToken
    )
    {
        var winner = StudyWinner.Find(folder, plan, state, options, cancellationToken);
        StudyTables.Write(folder, plan, state, winner);
        if (winner is null)
        {
            string why =
                state.Ended.Select(record => record.Result!.Failure).FirstOrDefault(failure => failure is not null)
                ?? "none was begun";
            throw new InvalidDataException(
                $"No trial of the study could be trained: {why.TrimEnd('.')}. Change what it varies, and choose another --out."
            );
        }
        var result = new StudyResult
        {
            Plan = plan,
            Folder = folder,
            State = state,
            Winner = winner,
        };
        AtomicFile.Write(result.BestFile, StrictYaml.Write(plan.Given(winner.Values)));
        using (SavedPolicy policy = SavedPolicy.Load(winner.PolicyFolder(folder, plan)))
        {
            policy.Save(result.PolicyFolder);
        }
        if (plan.Settings.Method.IsPopulation)
        {
            LineagePicture.Draw(
                state,
                $"{plan.Settings.Agent} on {plan.Settings.Environment}, {state.Legs.Select(record => record.Leg.Trial).Distinct().Count()} members",
                Path.Combine(folder, "lineage.png")
            );
        }
        AtomicFile.Write(new RunFolder(folder).Summary, result.ToNode().ToJsonString(Indented) + "\n");
        return result;
    }

    /// <summary>One object, with the fields that a run has and those of a study.</summary>
    public JsonObject ToNode()
    {
        var values = new JsonObject();
        foreach ((string key, string value) in Winner.Values)
        {
            values[key] = value;
        }
        return new JsonObject
        {
            ["run"] = Folder,
            ["policy"] = PolicyFolder,
            ["best"] = BestFile,
            ["env_steps"] = Steps,
            ["cpu_seconds"] = Math.Round(CpuSeconds, 3),
            ["interrupted"] = false,
            ["legs"] = State.Legs.Count,
            ["failed"] = Failures.Count(),
            ["candidate"] = Winner.Legs[0].Leg.Candidate,
            ["values"] = values,
            ["score"] = Winner.Score,
            ["mean_return"] = Winner.FreshReturn,
            ["evaluation"] = new JsonArray([.. Winner.Fresh.Select(played => (JsonNode)RunSummary.ToNode(played))]),
        };
    }
}
