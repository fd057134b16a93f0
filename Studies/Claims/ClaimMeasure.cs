using System.ComponentModel.DataAnnotations;
using Environments;

namespace Studies.Claims;

/// <summary>A number that is measured on every run, and what the claim expects of it.</summary>
internal sealed record ClaimMeasure
{
    /// <summary>Name in reports, such as "frames until 20 episodes average 475".</summary>
    public string Name { get; init; } = "";

    /// <summary>What is measured.</summary>
    public MetricKind Metric { get; init; }

    /// <summary>Episodes, N, of the metrics that look at the last N.</summary>
    /// <value>1 to 100,000. Default 100.</value>
    [Range(1, 100_000)]
    public int Episodes { get; init; } = 100;

    /// <summary>Return to reach, for steps to threshold and success rate; null for the task's.</summary>
    public double? Threshold { get; init; }

    /// <summary>Column of <c>metrics.csv</c> or dotted path in <c>summary.json</c>, for the metrics that read those.</summary>
    public string Column { get; init; } = "";

    /// <summary>Environment steps, or updates of a supervised run, at which <see cref="MetricKind.ColumnAt"/> and <see cref="MetricKind.ReturnAt"/> look; null for the others.</summary>
    /// <value>At least 0.</value>
    [Range(0, long.MaxValue)]
    public long? At { get; init; }

    /// <summary>How arms are judged.</summary>
    /// <value>Default ratio.</value>
    public EffectKind Effect { get; init; }

    /// <summary>Names of the two arms of a ratio or difference, first to second, or of the one arm of a bar.</summary>
    public string[] Arms { get; init; } = [];

    /// <summary>Whether runs of one seed in both arms belong together, as where the seed draws what is learned: their intervals are of differences or ratios within seeds.</summary>
    /// <value>Default false. Not for a bar, which is about one arm.</value>
    public bool Paired { get; init; }

    /// <summary>Names of the tasks that it covers; empty for all.</summary>
    public string[] Tasks { get; init; } = [];

    /// <summary>How seeds become one number; null for the median of steps to threshold and the mean of anything else.</summary>
    public Statistic? Statistic { get; init; }

    /// <summary>Side of no effect, or of the bar, that is claimed.</summary>
    /// <value>Default none: reported without a verdict.</value>
    public Expectation Expected { get; init; }

    /// <summary>Ratio or difference that the claim says is reached; null where only the side is claimed.</summary>
    public double? Size { get; init; }

    /// <summary>The number that an arm must reach; null for the task's threshold.</summary>
    public double? Bar { get; init; }

    /// <summary>
    /// Share of the seeds that must reach the bar, each by itself; null where the interval of the statistic must lie on its right side.
    /// </summary>
    /// <value>0 to 1.</value>
    [Range(0.0, 1.0)]
    public double? Share { get; init; }

    /// <summary>How seeds become one number.</summary>
    public Statistic SeedStatistic =>
        Statistic
        ?? Metric switch
        {
            MetricKind.StepsToThreshold => Claims.Statistic.Median, // of numbers that may be open to above
            MetricKind.FinalReturn
            or MetricKind.ReturnAt
            or MetricKind.LargestDrop
            or MetricKind.EvaluationReturn
            or MetricKind.AreaUnderCurve
            or MetricKind.SuccessRate
            or MetricKind.ColumnLast
            or MetricKind.ColumnMean
            or MetricKind.ColumnMax
            or MetricKind.ColumnAt
            or MetricKind.Summary => Claims.Statistic.Mean,
        };

    /// <summary>Whether it needs a threshold.</summary>
    public bool NeedsThreshold => Metric is MetricKind.StepsToThreshold or MetricKind.SuccessRate;

    /// <summary>Whether it reads a named number.</summary>
    public bool NeedsColumn => !ReadsEpisodes;

    /// <summary>Whether it looks at episodes of an environment.</summary>
    public bool ReadsEpisodes =>
        Metric switch
        {
            MetricKind.StepsToThreshold
            or MetricKind.FinalReturn
            or MetricKind.ReturnAt
            or MetricKind.LargestDrop
            or MetricKind.EvaluationReturn
            or MetricKind.AreaUnderCurve
            or MetricKind.SuccessRate => true,
            MetricKind.ColumnLast or MetricKind.ColumnMean or MetricKind.ColumnMax or MetricKind.ColumnAt or MetricKind.Summary =>
                false,
        };

    /// <summary>The return to reach on a task; not a number where none is named.</summary>
    public double ThresholdOn(ClaimTask task) => Threshold ?? task.Threshold ?? double.NaN;

    /// <summary>The number to reach on a task; not a number where none is named.</summary>
    public double BarOn(ClaimTask task) => Bar ?? task.Threshold ?? double.NaN;

    /// <summary>What is wrong with this measure in its claim; null where nothing is.</summary>
    public string? Mistake(Claim claim)
    {
        string[] arms = [.. claim.Arms.Select(arm => arm.Name)];
        string[] tasks = [.. claim.Tasks.Select(task => task.Name)];
        int wanted = Effect switch
        {
            EffectKind.Bar => 1,
            EffectKind.Ratio or EffectKind.Difference => 2,
        };
        if (Name.Length == 0)
        {
            return "a measure needs a name.";
        }
        if (Arms.Length != wanted)
        {
            return wanted == 1 ? "a bar is about one arm, [a]." : "arms names two, first to second, such as [acktr, a2c].";
        }
        if (Arms.FirstOrDefault(name => !arms.Contains(name)) is { } arm)
        {
            return $"there is no arm '{arm}'.{NearestName.Suggest(arm, arms)} Known: {string.Join(", ", arms)}.";
        }
        if (Tasks.FirstOrDefault(name => !tasks.Contains(name)) is { } task)
        {
            return $"there is no task '{task}'.{NearestName.Suggest(task, tasks)} Known: {string.Join(", ", tasks)}.";
        }
        ClaimTask[] covered = [.. Claim.Covered(this, claim.Tasks)];
        return MisfitOfArms(claim, covered) ?? MistakeOfMetric(covered) ?? MistakeOfEffect(covered);
    }

    private string? MisfitOfArms(Claim claim, ClaimTask[] covered)
    {
        foreach (ClaimArm one in claim.Arms.Where(one => Arms.Contains(one.Name)))
        {
            if (covered.FirstOrDefault(other => !claim.ArmsOn(other).Contains(one)) is { } unfit)
            {
                return one.Supervised == unfit.IsSupervised
                    ? $"arm '{one.Name}' takes no part in task '{unfit.Name}', as its tasks say. Name the measure's tasks."
                    : $"arm '{one.Name}' takes no part in task '{unfit.Name}', since only one of them is supervised. Name the measure's tasks.";
            }
        }
        return null;
    }

    private string? MistakeOfMetric(ClaimTask[] covered)
    {
        if (ReadsEpisodes && covered.FirstOrDefault(one => one.IsSupervised) is { } silent)
        {
            return $"this metric reads episodes, and '{silent.Name}' has none. Use column_last, column_mean, column_max, column_at or summary.";
        }
        if (NeedsColumn != Column.Length > 0)
        {
            return NeedsColumn
                ? "this metric reads a named number; add column, such as charts/episodic_length or evaluation.std_return."
                : "column is read by column_last, column_mean, column_max, column_at and summary only.";
        }
        if ((Metric is MetricKind.ColumnAt or MetricKind.ReturnAt) != (At is not null))
        {
            return At is null
                ? "column_at and return_at look at a step; add at, such as at: 500."
                : "at is read by column_at and return_at only.";
        }
        return NeedsThreshold && covered.FirstOrDefault(one => double.IsNaN(ThresholdOn(one))) is { } open
            ? $"it needs a threshold, and neither it nor task '{open.Name}' names one."
            : null;
    }

    private string? MistakeOfEffect(ClaimTask[] covered)
    {
        if (Effect == EffectKind.Bar && covered.FirstOrDefault(one => double.IsNaN(BarOn(one))) is { } barless)
        {
            return $"it needs a bar, and neither it nor task '{barless.Name}' (threshold) names one.";
        }
        if (Effect == EffectKind.Bar && Expected == Expectation.None)
        {
            return "a bar is reached from one side; add expected: above or expected: below.";
        }
        if (Effect == EffectKind.Bar && Paired)
        {
            return "a bar is about one arm, and two are paired. Leave paired out, or compare two arms.";
        }
        if (Effect != EffectKind.Bar && (Bar is not null || Share is not null))
        {
            return "bar and share belong to effect: bar.";
        }
        if (Size is { } size)
        {
            double none = Effect != EffectKind.Bar && Effect.IsRatio() ? 1 : 0;
            bool fits =
                Effect != EffectKind.Bar && Expected != Expectation.None && (Expected.IsAbove() ? size > none : size < none);
            return fits
                ? null
                : $"size lies on the expected side of {none}, of a ratio or difference with expected: below or above.";
        }
        return null;
    }
}
