namespace Studies.Statistics;

/// <summary>A number with its 95 % bootstrap interval. Where runs are censored the number itself may only be known between bounds.</summary>
/// <param name="Low">The number, or its lower bound.</param>
/// <param name="High">The number, or its upper bound.</param>
/// <param name="IntervalLow">Lower end of the interval of the lower bound.</param>
/// <param name="IntervalHigh">Upper end of the interval of the upper bound.</param>
/// <param name="Seeds">Size of the smallest sample.</param>
internal readonly record struct Estimate(double Low, double High, double IntervalLow, double IntervalHigh, int Seeds)
{
    /// <summary>Samples smaller than this get no interval.</summary>
    public const int LeastSeeds = 3;

    /// <summary>Runs below which a bootstrapped interval is too short.</summary>
    public const int EnoughSeeds = 5;

    /// <summary>Nothing is known.</summary>
    public static Estimate None { get; } = new(double.NaN, double.NaN, double.NaN, double.NaN, 0);

    /// <summary>Whether there is an interval to judge by.</summary>
    public bool HasInterval => !double.IsNaN(IntervalLow) && !double.IsNaN(IntervalHigh);
}
