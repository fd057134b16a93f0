namespace Page.Curves;

/// <summary>Neighbouring rows of a metric as one.</summary>
/// <param name="FirstSteps">Steps of the first row.</param>
/// <param name="LastSteps">Steps of the last row.</param>
/// <param name="FirstSeconds">Seconds of training of the first row.</param>
/// <param name="LastSeconds">Seconds of training of the last row.</param>
/// <param name="Min">Smallest number.</param>
/// <param name="Max">Largest number.</param>
/// <param name="Sum">Sum of all numbers.</param>
/// <param name="Rows">How many rows, at least 1.</param>
/// <param name="MinIsFirst">Whether the smallest number came before the largest.</param>
internal readonly record struct Bucket(
    double FirstSteps,
    double LastSteps,
    double FirstSeconds,
    double LastSeconds,
    double Min,
    double Max,
    double Sum,
    long Rows,
    bool MinIsFirst
)
{
    /// <summary>What one takes up, in bytes.</summary>
    public const int SizeInBytes = 9 * sizeof(double);

    /// <summary>Mean of the numbers.</summary>
    public double Mean => Sum / Rows;

    /// <summary>Where the first row lies on an axis.</summary>
    public double First(Axis axis) =>
        axis switch
        {
            Axis.Steps => FirstSteps,
            Axis.Time => FirstSeconds,
        };

    /// <summary>Where the last row lies on an axis.</summary>
    public double Last(Axis axis) =>
        axis switch
        {
            Axis.Steps => LastSteps,
            Axis.Time => LastSeconds,
        };

    /// <summary>Two neighbours as one.</summary>
    public static Bucket Join(Bucket left, Bucket right)
    {
        bool leftHasMin = left.Min <= right.Min;
        bool leftHasMax = left.Max >= right.Max;
        bool minIsFirst = (leftHasMin, leftHasMax) switch
        {
            (true, true) => left.MinIsFirst,
            (false, false) => right.MinIsFirst,
            (true, false) => true,
            (false, true) => false,
        };
        return new Bucket(
            left.FirstSteps,
            right.LastSteps,
            left.FirstSeconds,
            right.LastSeconds,
            Math.Min(left.Min, right.Min),
            Math.Max(left.Max, right.Max),
            left.Sum + right.Sum,
            left.Rows + right.Rows,
            minIsFirst
        );
    }
}
