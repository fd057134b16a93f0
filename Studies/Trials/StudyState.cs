namespace Studies.Trials;

/// <summary>All that a study has begun and what came of it, from which controllers decide. It is what its journal says, and nothing else.</summary>
internal sealed class StudyState
{
    private readonly List<LegRecord> _legs = [];
    private readonly List<LegRecord> _ended = [];
    private readonly Dictionary<int, LegRecord> _last = [];
    private readonly Dictionary<int, int> _losses = [];

    /// <summary>Legs in the order in which they were begun.</summary>
    public IReadOnlyList<LegRecord> Legs => _legs;

    /// <summary>Legs in the order in which they ended.</summary>
    public IReadOnlyList<LegRecord> Ended => _ended;

    /// <summary>Legs that train.</summary>
    public IEnumerable<LegRecord> Running => _legs.Where(record => record.Result is null);

    /// <summary>The newest leg of a trial; null before its first.</summary>
    public LegRecord? Last(int trial) => _last.GetValueOrDefault(trial);

    /// <summary>Adds a leg that begins.</summary>
    /// <exception cref="InvalidDataException">It is not the next one, its trial is busy, or it goes on from a leg that was never begun.</exception>
    public void Begin(Leg leg)
    {
        bool isNext = leg.Number == _legs.Count && Last(leg.Trial) is not { Result: null };
        if (!isNext || !IsBegun(leg.Continues) || !IsBegun(leg.CopyOf))
        {
            throw new InvalidDataException($"leg {leg.Number} of trial {leg.Trial} does not follow what the study has begun");
        }
        var record = new LegRecord(leg);
        _legs.Add(record);
        _last[leg.Trial] = record;
    }

    /// <summary>How often whoever trained a leg was lost.</summary>
    public int LossesOf(int number) => _losses.GetValueOrDefault(number);

    /// <summary>Adds a loss of whoever trained a leg.</summary>
    public void Lose(int number) => _losses[number] = LossesOf(number) + 1;

    /// <summary>Adds the result of a leg.</summary>
    /// <exception cref="InvalidDataException">There is no such leg, or it had ended.</exception>
    public void End(int number, LegResult result)
    {
        if (number < 0 || number >= _legs.Count || _legs[number].Result is not null)
        {
            throw new InvalidDataException($"leg {number} has ended or was never begun");
        }
        _legs[number].Result = result;
        _ended.Add(_legs[number]);
    }

    private bool IsBegun(int? number) => number is null || (number >= 0 && number < _legs.Count);
}
