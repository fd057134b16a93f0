using Learners.Returns;

namespace Learners.ActorCritic;

/// <summary>How much of the returns' variance the values explain.</summary>
internal static class ExplainedVariance
{
    // Variances below this share of the squared mean are float32's rounding.
    private const double SmallestShare = 1e-12;

    /// <summary>1 − Var[R − V] / Var[R]; 1 is perfect, 0 as good as a constant.</summary>
    /// <param name="values">V, <c>[N]</c>.</param>
    /// <param name="returns">R, <c>[N]</c>.</param>
    /// <returns>NaN where the returns are equal but for rounding: there is nothing to explain.</returns>
    public static double Of(ReadOnlySpan<float> values, ReadOnlySpan<float> returns)
    {
        (double mean, double variance) = Moments.Of(returns);
        return variance <= SmallestShare * mean * mean
            ? double.NaN
            : 1 - Moments.OfDifferences(returns, values).Variance / variance;
    }
}
