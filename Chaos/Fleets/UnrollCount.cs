using Chaos.Campaigns;

namespace Chaos.Fleets;

/// <summary>Compares what actors heard acknowledged with what the learner learned from, unroll by unroll: actor, incarnation, sequence number.</summary>
/// <param name="Acknowledged">Unrolls that actors heard acknowledged.</param>
/// <param name="Trained">Unrolls that the final parameters have learned from.</param>
/// <param name="Lost">Acknowledged but not learned from.</param>
/// <param name="Twice">Learned from more than once.</param>
internal readonly record struct UnrollCount(long Acknowledged, long Trained, long Lost, long Twice)
{
    /// <summary>Counts the lines of audit files.</summary>
    /// <param name="actors">Audits of actors; a killed one may leave a torn last line, which says nothing.</param>
    /// <param name="learner">Audit of the learner, whose last checkpoint was saved when it stopped.</param>
    public static UnrollCount Of(IEnumerable<string> actors, string learner)
    {
        HashSet<string> trained = [];
        long twice = 0;
        foreach (string line in File.ReadLines(learner).Where(line => !line.StartsWith('#')))
        {
            twice += trained.Add(line) ? 0 : 1;
        }
        HashSet<string> acknowledged = [.. actors.Where(File.Exists).SelectMany(WholeLines)];
        return new UnrollCount(acknowledged.Count, trained.Count, acknowledged.Count(line => !trained.Contains(line)), twice);
    }

    /// <summary>Adds the count to a report, with the bars that nothing counts twice and nothing is lost.</summary>
    /// <param name="report">Receives the numbers.</param>
    /// <param name="mayLose">Whether a loss is only reported.</param>
    public void AddTo(ChaosReport report, bool mayLose = false)
    {
        report.AddAtLeast("acknowledged_unrolls", Acknowledged, 1);
        report.Add("trained_unrolls", Trained);
        if (mayLose)
        {
            report.Add("acknowledged_lost", Lost);
        }
        else
        {
            report.AddAtMost("acknowledged_lost", Lost, 0);
        }
        report.AddAtMost("trained_twice", Twice, 0);
    }

    private static string[] WholeLines(string path) => File.ReadAllText(path).Split('\n')[..^1];
}
