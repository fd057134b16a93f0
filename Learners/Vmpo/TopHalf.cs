namespace Learners.Vmpo;

/// <summary>The target distribution of V-MPO over samples: the better half, weighted by exp(A / η) (Song et al. 2020, equations 3 and 4).</summary>
internal static class TopHalf
{
    /// <summary>Weights of samples, and the temperature loss η ε + η log mean over the half of exp(A / η).</summary>
    /// <param name="advantages">A, <c>[N]</c>; at least 2.</param>
    /// <param name="temperature">η, above 0.</param>
    /// <param name="epsilon">Nats ε by which weights may differ from uniform ones.</param>
    /// <param name="weights">Destination, <c>[N]</c>: ψ, which sums to 1 over the ⌊N/2⌋ largest advantages and is 0 elsewhere. Of equal ones the first count.</param>
    /// <param name="order">Scratch, <c>[N]</c>.</param>
    /// <returns>The loss, and its derivative with respect to η: ε − KL(ψ ‖ uniform).</returns>
    public static (double Loss, double Gradient) Weigh(
        ReadOnlySpan<float> advantages,
        double temperature,
        double epsilon,
        Span<double> weights,
        int[] order
    )
    {
        int count = advantages.Length / 2;
        float[] keys = new float[advantages.Length];
        for (int i = 0; i < keys.Length; i++)
        {
            keys[i] = advantages[i];
            order[i] = i;
        }
        order
            .AsSpan(0, keys.Length)
            .Sort(
                (a, b) =>
                {
                    int descending = keys[b].CompareTo(keys[a]);
                    return descending != 0 ? descending : a.CompareTo(b);
                }
            );
        ReadOnlySpan<int> half = order.AsSpan(0, count);
        weights.Clear();
        // Shifted by the largest, which comes first, so that no temperature overflows.
        double best = advantages[half[0]];
        double sum = 0;
        foreach (int i in half)
        {
            weights[i] = Math.Exp((advantages[i] - best) / temperature);
            sum += weights[i];
        }
        double divergence = Math.Log(count);
        foreach (int i in half)
        {
            double weight = weights[i] /= sum;
            divergence += weight > 0 ? weight * Math.Log(weight) : 0;
        }
        double loss = temperature * epsilon + best + temperature * Math.Log(sum / count);
        return (loss, epsilon - divergence);
    }
}
