using Studies.Execution;
using Studies.Trials;

namespace Studies.Results;

/// <summary>A candidate, or a member of a population, in the table of a study.</summary>
/// <param name="Number">Its number.</param>
/// <param name="Values">Values that it has, of a population's member the newest.</param>
/// <param name="Steps">Environment steps at which it was scored, of each trial.</param>
/// <param name="Scores">Scores of its seeds there; not a number where one failed or has none yet.</param>
/// <param name="IsTraining">Whether one of its trials trains.</param>
/// <param name="Failure">Why a trial failed; null where none did.</param>
/// <param name="CpuSeconds">Processor seconds of all its legs.</param>
internal sealed record StudyRow(
    int Number,
    SearchPoint Values,
    long Steps,
    IReadOnlyList<double> Scores,
    bool IsTraining,
    string? Failure,
    double CpuSeconds
)
{
    /// <summary>Mean score; not a number where a seed has none.</summary>
    public double Score => Scores.Average();

    /// <summary>Rows of a study, by number.</summary>
    public static IReadOnlyList<StudyRow> Of(IEnumerable<LegView> legs) =>
        [
            .. legs.GroupBy(view => view.Leg.Candidate)
                .OrderBy(group => group.Key)
                .Select(group =>
                {
                    LegView[] newest = [.. group.GroupBy(view => view.Leg.Trial).Select(trial => trial.Last())];
                    // What was scored last, where the newest leg still trains.
                    LegView[] scored =
                    [
                        .. group
                            .Where(view => view.Result is not null)
                            .GroupBy(view => view.Leg.Trial)
                            .Select(trial => trial.Last()),
                    ];
                    return new StudyRow(
                        group.Key,
                        newest[^1].Leg.Values,
                        scored.Length == 0 ? 0 : scored.Min(view => view.Result!.Steps),
                        scored.Length == 0
                            ? [double.NaN]
                            : [.. scored.Select(view => view.Result!.Failure is null ? view.Result.Score : double.NaN)],
                        newest.Any(view => view.Result is null),
                        group.Select(view => view.Result?.Failure).FirstOrDefault(failure => failure is not null),
                        group.Sum(view => view.Result?.CpuSeconds ?? 0)
                    );
                }),
        ];
}
