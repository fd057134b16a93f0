using Agents.Distributions;

namespace Learners.Optimizers.Kfac;

/// <summary>KL(p ‖ q) between two members of one family, in closed form.</summary>
internal static class PolicyDivergence
{
    /// <summary>The divergence in nats, at least 0 but for rounding.</summary>
    /// <param name="distribution">The family.</param>
    /// <param name="p"><c>[P]</c>.</param>
    /// <param name="q"><c>[P]</c>.</param>
    /// <exception cref="NotSupportedException">There is no closed form for the family.</exception>
    public static double Of(ActionDistribution distribution, ReadOnlySpan<float> p, ReadOnlySpan<float> q) =>
        distribution switch
        {
            Categorical => OfLogits(p, q),
            MultiCategorical multi => OfComponents(multi, p, q),
            DiagonalGaussian => OfGaussians(p, q),
            _ => throw new NotSupportedException($"{distribution.GetType().Name} has no divergence in closed form."),
        };

    private static double OfComponents(MultiCategorical multi, ReadOnlySpan<float> p, ReadOnlySpan<float> q)
    {
        double sum = 0;
        int first = 0;
        foreach (int count in multi.Counts)
        {
            sum += OfLogits(p.Slice(first, count), q.Slice(first, count));
            first += count;
        }
        return sum;
    }

    private static double OfLogits(ReadOnlySpan<float> p, ReadOnlySpan<float> q)
    {
        double pNorm = LogSum(p);
        double qNorm = LogSum(q);
        double sum = 0;
        for (int i = 0; i < p.Length; i++)
        {
            double logP = p[i] - pNorm;
            sum += Math.Exp(logP) * (logP - (q[i] - qNorm));
        }
        return sum;
    }

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

    private static double LogSum(ReadOnlySpan<float> logits)
    {
        double max = double.NegativeInfinity;
        foreach (float logit in logits)
        {
            max = Math.Max(max, logit);
        }
        double sum = 0;
        foreach (float logit in logits)
        {
            sum += Math.Exp(logit - max);
        }
        return max + Math.Log(sum);
    }
}
