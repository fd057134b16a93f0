namespace Studies.Statistics;

/// <summary>What one run says about a number: exactly, or only between which bounds it lies.</summary>
/// <param name="Low">It is at least this.</param>
/// <param name="High">It is at most this; infinite for a run that ended before the number was reached.</param>
internal readonly record struct RunValue(double Low, double High)
{
    /// <summary>A number that is known.</summary>
    public static RunValue Known(double value) => new(value, value);

    /// <summary>A number that is known to be more than what was seen (right-censored).</summary>
    public static RunValue MoreThan(double seen) => new(seen, double.PositiveInfinity);

    /// <summary>No number at all.</summary>
    public static RunValue Missing { get; } = new(double.NaN, double.NaN);

    /// <summary>Whether there is none.</summary>
    public bool IsMissing => double.IsNaN(Low) || double.IsNaN(High);

    /// <summary>Whether only a bound is known.</summary>
    public bool IsCensored => Low < High;
}
