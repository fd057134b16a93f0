using Agents.Distributions;

namespace Learners.Optimizers.Kfac;

/// <summary>KL(p ‖ q) between two members of one family, in closed form.</summary>
internal static class PolicyDivergence
{
    /// <summary>The divergence in nats, at least 0 but for rounding.</summary>
    /// <param name="distribution">The family; a Gaussian's own parts are decoupled and do not add up to it.</param>
    /// <param name="p"><c>[P]</c>.</param>
    /// <param name="q"><c>[P]</c>.</param>
    public static double Of(ActionDistribution distribution, ReadOnlySpan<float> p, ReadOnlySpan<float> q) =>
        distribution is DiagonalGaussian ? OfGaussians(p, q) : distribution.Divergence(0, p, q);

    // Means, then log standard deviations: log σ_q / σ_p + (σ_p² + (μ_p − μ_q)²) / (2 σ_q²) − ½ per component.
    private static double OfGaussians(ReadOnlySpan<float> p, ReadOnlySpan<float> q)
    {
        int d = p.Length / 2;
        double sum = 0;
        for (int i = 0; i < d; i++)
        {
            double difference = (double)p[i] - q[i];
            double pVariance = Math.Exp(2.0 * p[d + i]);
            double qVariance = Math.Exp(2.0 * q[d + i]);
            sum += q[d + i] - p[d + i] + (pVariance + difference * difference) / (2 * qVariance) - 0.5;
        }
        return sum;
    }
}
