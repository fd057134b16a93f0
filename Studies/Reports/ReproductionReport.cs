using Studies.Running;
using Studies.Statistics;

namespace Studies.Reports;

/// <summary>The result of a reproduction.</summary>
internal sealed record ReproductionReport
{
    /// <summary>Name of the claim.</summary>
    public required string Name { get; init; }

    /// <summary>What was run.</summary>
    public required ReproductionPlan Plan { get; init; }

    /// <summary>How each run ended.</summary>
    public required IReadOnlyList<RunOutcome> Outcomes { get; init; }

    /// <summary>What the measures say.</summary>
    public required IReadOnlyList<MeasureFigure> Measures { get; init; }

    /// <summary>Folder of report and runs.</summary>
    public required string Folder { get; init; }

    /// <summary>Pictures, one per task, as names in the folder.</summary>
    public required IReadOnlyList<string> Pictures { get; init; }

    /// <summary>The command line that gives this report.</summary>
    public required string Command { get; init; }

    /// <summary>What the measures together say: all that are expected must be seen.</summary>
    public Verdict Verdict => Verdicts.OfAll(Measures.Select(measure => measure.Verdict));

    /// <summary>Runs that failed.</summary>
    public IEnumerable<RunOutcome> Failures => Outcomes.Where(outcome => outcome.Error is not null);

    /// <summary>Processor seconds of all runs, over all sessions.</summary>
    public double CpuSeconds => Outcomes.Sum(outcome => outcome.Parts.CpuSeconds);

    /// <summary>Parts of runs that were killed before they could tell their processor time.</summary>
    public int UntoldParts => Outcomes.Sum(outcome => outcome.Parts.Untold);

    /// <summary>The report for people.</summary>
    public string MarkdownFile => Path.Combine(Folder, "report.md");

    /// <summary>The report for programs.</summary>
    public string JsonFile => Path.Combine(Folder, "report.json");
}
