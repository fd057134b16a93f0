namespace Learners.Returns;

/// <summary>The share of the variance of returns that values explain.</summary>
internal static class ExplainedVariance
{
    // Below this share of the squared mean a variance is what rounding to float32 leaves behind (its unit is 6e-8, squared 4e-15).
    private const double Rounding = 1e-12;

    /// <summary>1 − Var(returns − values) / Var(returns), from centred sums.</summary>
    /// <param name="values">V, N of them.</param>
    /// <param name="returns">The value's targets, N of them.</param>
    /// <returns>At most 1; NaN where returns do not vary, which leaves nothing to explain.</returns>
    /// <exception cref="ArgumentException">The spans differ in length.</exception>
    public static double Of(ReadOnlySpan<float> values, ReadOnlySpan<float> returns)
    {
        Shapes.Require(1, values.Length, returns.Length);
        double meanReturn = 0;
        double meanError = 0;
        for (int i = 0; i < returns.Length; i++)
        {
            meanReturn += returns[i];
            meanError += (double)returns[i] - values[i];
        }
        meanReturn /= returns.Length;
        meanError /= returns.Length;
        double variance = 0;
        double unexplained = 0;
        for (int i = 0; i < returns.Length; i++)
        {
            double deviation = returns[i] - meanReturn;
            double error = (double)returns[i] - values[i] - meanError;
            variance += deviation * deviation;
            unexplained += error * error;
        }
        // Not greater, in place of smaller: numbers that are none give NaN as well.
        return variance > Rounding * meanReturn * meanReturn * returns.Length ? 1 - unexplained / variance : double.NaN;
    }
}
