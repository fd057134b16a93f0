using Studies.Claims;

namespace Studies.Statistics;

/// <summary>The rules by which intervals become verdicts. A point estimate alone never decides.</summary>
internal static class Verdicts
{
    /// <summary>Words for reports.</summary>
    public static string InWords(this Verdict verdict) =>
        verdict switch
        {
            Verdict.Seen => "seen",
            Verdict.NotSeen => "not seen",
            Verdict.Unclear => "unclear",
            Verdict.None => "",
        };

    /// <summary>Judges a ratio or difference.</summary>
    /// <remarks>
    /// Seen: the whole interval lies on the claimed side of "no effect", and it reaches the claimed size. Not seen: the whole interval lies
    /// on the other side, or falls short of the claimed size. Anything else is unclear.
    /// </remarks>
    /// <param name="estimate">The effect.</param>
    /// <param name="effect">Ratio or difference.</param>
    /// <param name="expected">Side that is claimed.</param>
    /// <param name="size">Size that is claimed; null for none.</param>
    public static Verdict OfEffect(Estimate estimate, EffectKind effect, Expectation expected, double? size)
    {
        if (expected == Expectation.None)
        {
            return Verdict.None;
        }
        if (!estimate.HasInterval)
        {
            return Verdict.Unclear;
        }
        // Turned round where "below" is claimed, so that more is always better.
        bool above = expected.IsAbove();
        double sign = above ? 1 : -1;
        double zero = sign * (effect.IsRatio() ? 1 : 0);
        double claimed = sign * size ?? double.NegativeInfinity;
        double low = above ? estimate.IntervalLow : -estimate.IntervalHigh;
        double high = above ? estimate.IntervalHigh : -estimate.IntervalLow;
        return low > zero && high >= claimed ? Verdict.Seen
            : high <= zero || high < claimed ? Verdict.NotSeen
            : Verdict.Unclear;
    }

    /// <summary>Judges an arm's statistic against a bar: the whole interval must lie on the claimed side.</summary>
    public static Verdict OfBar(Estimate estimate, Expectation expected, double bar)
    {
        if (!estimate.HasInterval)
        {
            return Verdict.Unclear;
        }
        bool above = expected.IsAbove();
        bool all = above ? estimate.IntervalLow >= bar : estimate.IntervalHigh <= bar;
        bool none = above ? estimate.IntervalHigh < bar : estimate.IntervalLow > bar;
        return all ? Verdict.Seen
            : none ? Verdict.NotSeen
            : Verdict.Unclear;
    }

    /// <summary>Judges how many seeds reach a bar, each by itself.</summary>
    /// <remarks>
    /// A count of what happened, not an estimate: seen where enough of at least the claim's number of seeds reached it, not seen where too
    /// few can have. Censored seeds count only where their bound decides.
    /// </remarks>
    /// <param name="values">Runs of the arm.</param>
    /// <param name="expected">Side that is claimed.</param>
    /// <param name="bar">Number to reach.</param>
    /// <param name="share">Share of the seeds that must reach it.</param>
    /// <param name="claimedSeeds">Seeds that the claim names; fewer never suffice.</param>
    public static (Verdict Verdict, int Reached) OfShare(
        RunValue[] values,
        Expectation expected,
        double bar,
        double share,
        int claimedSeeds
    )
    {
        bool above = expected.IsAbove();
        int reached = values.Count(value => above ? value.Low >= bar : value.High <= bar);
        int possible = values.Count(value => value.IsMissing || (above ? value.High >= bar : value.Low <= bar));
        int needed = (int)Math.Ceiling(share * values.Length - 1e-9);
        Verdict verdict =
            possible < needed ? Verdict.NotSeen
            : reached >= needed && values.Length >= claimedSeeds ? Verdict.Seen
            : Verdict.Unclear;
        return (verdict, reached);
    }

    /// <summary>The verdict over several: all must be seen, and one that is not suffices against them.</summary>
    public static Verdict OfAll(IEnumerable<Verdict> verdicts)
    {
        Verdict[] judged = [.. verdicts.Where(verdict => verdict != Verdict.None)];
        return judged.Length == 0 ? Verdict.None
            : judged.Contains(Verdict.NotSeen) ? Verdict.NotSeen
            : judged.Contains(Verdict.Unclear) ? Verdict.Unclear
            : Verdict.Seen;
    }
}
