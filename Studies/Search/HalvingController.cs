using Studies.Trials;

namespace Studies.Search;

/// <summary>
/// Asynchronous successive halving. In its promotion form the best unpromoted candidate among the first 1/η of a rung goes on, from the highest rung down,
/// and where there is none a new candidate begins; in its stopping form a candidate goes on unless it is below the (1 − 1/η) percentile of the scores that
/// were on its rung before it.
/// </summary>
/// <remarks>Li et al. 2018, arXiv 1810.05934, algorithm 2; the stopping form is that of Ray's scheduler. A score is recorded once per candidate and rung.</remarks>
/// <param name="outline">The study.</param>
/// <param name="settings">Rungs and form.</param>
/// <param name="propose">Values of a candidate, from its number and earlier ones.</param>
internal sealed class HalvingController(
    StudyOutline outline,
    HalvingSettings settings,
    Func<int, Func<IReadOnlyList<ParzenTrial>>, SearchPoint> propose
) : IStudyController
{
    private readonly long[] _rungs = settings.RungsOf(outline.TotalSteps);

    /// <inheritdoc/>
    public Leg? Next(StudyState state)
    {
        var candidates = new Candidates(outline, state);
        long[] aims = AimsOf(state, candidates.Count);
        for (int candidate = 0; candidate < candidates.Count; candidate++)
        {
            if (candidates.NextLeg(candidate, aims[candidate], candidates.ValuesOf(candidate)) is { } further)
            {
                return further; // other seeds of what was begun
            }
        }
        List<(int Candidate, double Score)>[] reached = Reached(state);
        for (int k = _rungs.Length - 2; k >= 0; k--)
        {
            foreach (int candidate in GoOn(reached[k]))
            {
                if (
                    aims[candidate] == _rungs[k]
                    && candidates.NextLeg(candidate, _rungs[k + 1], candidates.ValuesOf(candidate)) is { } promoted
                )
                {
                    return promoted;
                }
            }
        }
        return candidates.Count < settings.Candidates
            ? candidates.NextLeg(candidates.Count, _rungs[0], propose(candidates.Count, () => Trials(candidates, reached)))
            : null;
    }

    /// <summary>The score below which a candidate of the stopping form ends: a percentile, by linear interpolation.</summary>
    /// <param name="scores">Scores that are on the rung already, at least one.</param>
    /// <param name="reduction">η.</param>
    public static double CutOff(IEnumerable<double> scores, int reduction)
    {
        double[] sorted = [.. scores.Order()];
        double place = (1 - 1.0 / reduction) * (sorted.Length - 1);
        int below = (int)Math.Floor(place);
        double share = place - below;
        // Below a number that is no number nothing is interpolated.
        return share == 0 || double.IsNegativeInfinity(sorted[below])
            ? sorted[below]
            : sorted[below] + share * (sorted[below + 1] - sorted[below]);
    }

    // Candidates of a rung that may go on, the best first.
    private IEnumerable<int> GoOn(List<(int Candidate, double Score)> rung)
    {
        IEnumerable<(int Candidate, double Score)> good = settings.Form switch
        {
            HalvingForm.Promotion => rung.OrderByDescending(entry => entry.Score).Take(rung.Count / settings.Reduction),
            HalvingForm.Stopping => rung.Where(
                (entry, i) => i == 0 || entry.Score >= CutOff(rung.Take(i).Select(other => other.Score), settings.Reduction)
            ),
        };
        return good.Where(entry => !double.IsNegativeInfinity(entry.Score))
            .OrderByDescending(entry => entry.Score)
            .Select(entry => entry.Candidate);
    }

    // How far each candidate was sent.
    private static long[] AimsOf(StudyState state, int candidates)
    {
        var aims = new long[candidates];
        foreach (LegRecord record in state.Legs)
        {
            aims[record.Leg.Candidate] = Math.Max(aims[record.Leg.Candidate], record.Leg.ToSteps);
        }
        return aims;
    }

    // Candidates on each rung with their scores, in the order in which their last seed arrived.
    private List<(int Candidate, double Score)>[] Reached(StudyState state)
    {
        List<(int Candidate, double Score)>[] reached = [.. _rungs.Select(_ => new List<(int, double)>())];
        var arrived = new Dictionary<(int Candidate, long Steps), (int Seeds, double Sum)>();
        foreach (LegRecord record in state.Ended)
        {
            (int, long) key = (record.Leg.Candidate, record.Leg.ToSteps);
            (int seeds, double sum) = arrived.GetValueOrDefault(key);
            arrived[key] = (seeds + 1, sum + record.Result!.Rank);
            if (seeds + 1 == outline.Seeds)
            {
                reached[Array.IndexOf(_rungs, record.Leg.ToSteps)]
                    .Add((record.Leg.Candidate, (sum + record.Result.Rank) / outline.Seeds));
            }
        }
        return reached;
    }

    private List<ParzenTrial> Trials(Candidates candidates, List<(int Candidate, double Score)>[] reached)
    {
        var trials = new List<ParzenTrial>();
        for (int candidate = 0; candidate < candidates.Count; candidate++)
        {
            int highest = Array.FindLastIndex(reached, rung => rung.Exists(entry => entry.Candidate == candidate));
            trials.Add(
                highest < 0
                    ? new ParzenTrial(candidates.ValuesOf(candidate), 0, null)
                    : new ParzenTrial(
                        candidates.ValuesOf(candidate),
                        _rungs[highest],
                        reached[highest].Find(entry => entry.Candidate == candidate).Score
                    )
            );
        }
        return trials;
    }
}
