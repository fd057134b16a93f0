using Agents.Policies;
using Environments.Randomness;
using Learners.Evaluation;
using Learners.Runs;
using Learners.Training;
using Studies.Execution;
using Studies.Search;
using Studies.Trials;

namespace Studies.Results;

/// <summary>The best of a study, and what it is worth on fresh episodes: the score by which it was chosen is the largest of many, and so too high.</summary>
/// <param name="Legs">Its newest legs, one for each seed.</param>
/// <param name="Score">Mean score by which it was chosen.</param>
/// <param name="Steps">Environment steps of each trial at which it was scored.</param>
/// <param name="Fresh">Evaluations on fresh episodes, one for each leg.</param>
internal sealed record StudyWinner(IReadOnlyList<LegRecord> Legs, double Score, long Steps, IReadOnlyList<EvaluationResult> Fresh)
{
    private const uint FreshStream = 0x46524553;

    /// <summary>Its values.</summary>
    public SearchPoint Values => Legs[0].Leg.Values;

    /// <summary>Mean over its seeds on fresh episodes.</summary>
    public double FreshReturn => Fresh.Average(result => result.MeanReturn);

    /// <summary>Folder of its policy, of the seed that scored best.</summary>
    /// <param name="root">The study's folder.</param>
    /// <param name="plan">The study.</param>
    public string PolicyFolder(string root, StudyPlan plan) =>
        JudgedFolder(root, plan, Legs.MaxBy(record => record.Result!.Rank)!.Leg);

    private static string JudgedFolder(string root, StudyPlan plan, Leg leg) =>
        new RunFolder(Path.Combine(root, plan.FolderOf(leg))).Judged(
            plan.SettingsOf(leg.Values, leg.Seed).Agent.EvaluatesLastStage
        );

    /// <summary>Finds the winner, and plays fresh episodes with it.</summary>
    /// <returns>Null where nothing could be trained.</returns>
    public static StudyWinner? Find(
        string root,
        StudyPlan plan,
        StudyState state,
        TrainingOptions options,
        CancellationToken cancellationToken
    )
    {
        LegRecord[]? best = plan.Settings.Method.IsPopulation ? BestMember(state) : BestCandidate(plan, state);
        if (best is null)
        {
            return null;
        }
        var fresh = new List<EvaluationResult>();
        foreach (LegRecord record in best)
        {
            using SavedPolicy policy = SavedPolicy.Load(JudgedFolder(root, plan, record.Leg));
            fresh.Add(
                Evaluator.Evaluate(
                    policy,
                    plan.Settings.Environment,
                    plan.Settings.EvaluationEpisodes,
                    new SeedSequence(record.Leg.Seed).Child(FreshStream).GenerateSeed(),
                    registry: options.Registry,
                    warn: options.Warn,
                    cancellationToken: cancellationToken
                )
            );
        }
        return new StudyWinner(best, best.Average(record => record.Result!.Score), best[0].Leg.ToSteps, fresh);
    }

    private static LegRecord[]? BestMember(StudyState state) =>
        state
            .Legs.Select(record => record.Leg.Trial)
            .Distinct()
            .Select(trial => state.Last(trial)!)
            .Where(record => record.IsWhole && !double.IsNegativeInfinity(record.Result!.Rank))
            .MaxBy(record => record.Result!.Rank)
            is { } best
            ? [best]
            : null;

    // The best among those that trained longest: scores of others are of other lengths.
    private static LegRecord[]? BestCandidate(StudyPlan plan, StudyState state)
    {
        int seeds = plan.Settings.Seeds;
        int count = new Candidates(plan.Outline, state).Count;
        return Enumerable
            .Range(0, count)
            .Select(candidate => Enumerable.Range(candidate * seeds, seeds).Select(state.Last).ToArray())
            .Where(legs => legs.All(leg => leg is { IsWhole: true } && !double.IsNegativeInfinity(leg.Result!.Rank)))
            .Select(legs => legs.OfType<LegRecord>().ToArray())
            .OrderByDescending(legs => legs.Min(leg => leg.Leg.ToSteps))
            .ThenByDescending(legs => legs.Average(leg => leg.Result!.Score))
            .FirstOrDefault();
    }
}
