using Environments.Randomness;
using Studies.Trials;

namespace Studies.Search;

/// <summary>
/// Population based training, asynchronous: the member that has trained least goes on next, compares the newest scores of all, and nobody waits for the
/// slowest. Each has a clock of its own; a member that copies keeps its seed, environments and steps.
/// </summary>
/// <remarks>Jaderberg et al. 2017, arXiv 1711.09846, algorithm 1.</remarks>
internal sealed class PopulationController(StudyOutline outline, PopulationSettings settings) : IStudyController
{
    private const int MostFailures = 3;

    private readonly long _ready = settings.ReadyOf(outline.TotalSteps);

    /// <inheritdoc/>
    public Leg? Next(StudyState state)
    {
        LegRecord?[] newest = [.. Enumerable.Range(0, settings.Members).Select(state.Last)];
        foreach (int member in Enumerable.Range(0, settings.Members).OrderBy(member => StepsOf(newest[member])))
        {
            if (newest[member] is null)
            {
                return Make(state, member, RandomSettings.Draw(outline, member), _ready, null, null);
            }
            if (newest[member]!.Result is not null && StepsOf(newest[member]) < outline.TotalSteps)
            {
                if (GoOn(state, member, newest) is { } leg)
                {
                    return leg;
                }
            }
        }
        return null;
    }

    private Leg? GoOn(StudyState state, int member, LegRecord?[] newest)
    {
        LegRecord own = newest[member]!;
        if (FailuresOf(state, own) >= MostFailures)
        {
            return null; // whatever it copies fails again
        }
        // A stream beyond those of first draws.
        Pcg64 random = RandomSettings.StreamOf(outline, settings.Members + state.Legs.Count);
        LegRecord[] ended =
        [
            .. newest
                .Select(record => record is { Result: null } ? Before(state, record) : record)
                .OfType<LegRecord>()
                .Where(record => record.Result is not null),
        ];
        LegRecord? source;
        if (own.IsWhole)
        {
            LegRecord[] ranked = [.. ended.Where(record => record.IsWhole && record.Result!.Steps < outline.TotalSteps)];
            source = Exploit.Choose(settings, own, ranked, ref random);
        }
        else
        {
            // What diverged has nothing to go on from.
            source = ended.Where(record => record.IsWhole).MaxBy(record => record.Result!.Rank);
            if (source is null)
            {
                return null;
            }
        }
        SearchPoint values = source is null
            ? own.Leg.Values
            : Explore.Change(settings, outline.Space, source.Leg.Values, ref random);
        return Make(
            state,
            member,
            values,
            Math.Min(outline.TotalSteps, own.Result!.Steps + _ready),
            own.IsWhole ? own.Leg.Number : own.Leg.Continues,
            source?.Leg.Number
        );
    }

    private Leg Make(StudyState state, int member, SearchPoint values, long toSteps, int? continues, int? copyOf) =>
        new()
        {
            Number = state.Legs.Count,
            Trial = member,
            Candidate = member,
            Seed = outline.FirstSeed + (ulong)member,
            Values = values,
            ToSteps = toSteps,
            Continues = continues,
            CopyOf = copyOf,
        };

    // Legs of the member in a row that failed.
    private static int FailuresOf(StudyState state, LegRecord own) =>
        own.IsWhole
            ? 0
            : state.Legs.Count(record => record.Leg.Trial == own.Leg.Trial && record.Leg.Number > (own.Leg.Continues ?? -1));

    private static LegRecord? Before(StudyState state, LegRecord record) =>
        record.Leg.Continues is { } number ? state.Legs[number] : null;

    private static long StepsOf(LegRecord? record) => record?.Result?.Steps ?? record?.Leg.ToSteps ?? -1;
}
