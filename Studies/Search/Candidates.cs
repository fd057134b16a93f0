using Studies.Trials;

namespace Studies.Search;

/// <summary>The legs of a study by candidate: one trial for each of its seeds, with the same values.</summary>
internal sealed class Candidates
{
    private readonly StudyOutline _outline;
    private readonly StudyState _state;

    /// <summary>Looks at a study.</summary>
    public Candidates(StudyOutline outline, StudyState state)
    {
        _outline = outline;
        _state = state;
        while (_state.Last(Count * outline.Seeds) is not null)
        {
            Count++;
        }
    }

    /// <summary>Candidates that were begun.</summary>
    public int Count { get; }

    /// <summary>Values of a candidate.</summary>
    public SearchPoint ValuesOf(int candidate) => _state.Last(candidate * _outline.Seeds)!.Leg.Values;

    /// <summary>The mean score of a candidate where all its seeds have reached a number of steps; null before that.</summary>
    /// <remarks>One seed that failed makes the candidate the worst.</remarks>
    public double? ScoreAt(int candidate, long steps)
    {
        double sum = 0;
        for (int trial = candidate * _outline.Seeds; trial < (candidate + 1) * _outline.Seeds; trial++)
        {
            LegRecord? record = _state.Last(trial);
            for (; record is not null && record.Leg.ToSteps > steps; record = Before(record)) { }
            if (record?.Result is not { } result || (record.Leg.ToSteps < steps && result.Failure is null))
            {
                return null;
            }
            sum += result.Rank;
        }
        return sum / _outline.Seeds;
    }

    /// <summary>The next leg of a candidate on its way to a number of steps; null where all its seeds have begun it.</summary>
    public Leg? NextLeg(int candidate, long steps, SearchPoint values)
    {
        for (int trial = candidate * _outline.Seeds; trial < (candidate + 1) * _outline.Seeds; trial++)
        {
            LegRecord? last = _state.Last(trial);
            if (last is null || (last.IsWhole && last.Leg.ToSteps < steps))
            {
                return new Leg
                {
                    Number = _state.Legs.Count,
                    Trial = trial,
                    Candidate = candidate,
                    Seed = _outline.FirstSeed + (ulong)(trial % _outline.Seeds),
                    Values = values,
                    ToSteps = steps,
                    Continues = last?.Leg.Number,
                };
            }
        }
        return null;
    }

    private LegRecord? Before(LegRecord record) => record.Leg.Continues is { } number ? _state.Legs[number] : null;
}
