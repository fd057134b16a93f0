using System.Numerics;

namespace Learners.Returns;

/// <summary>Generalised advantage estimates (Schulman et al. 2016, eq. 16).</summary>
internal static class GeneralizedAdvantage
{
    /// <summary>δ_t = r_t + d_t V(s'_t) − V(s_t), A_t = δ_t + d_t λ_t A_{t+1}, backwards from A_T = 0.</summary>
    /// <param name="rewards">Reward of step t, <c>[T, B]</c>.</param>
    /// <param name="discounts">γ, or 0 where the task ended, <c>[T, B]</c>.</param>
    /// <param name="lambdas">λ, or 0 on the last step of an episode, <c>[T, B]</c>.</param>
    /// <param name="values">V of the observation step t acted on, <c>[T, B]</c>.</param>
    /// <param name="nextValues">V of the observation step t led to (an episode's final one, not the reset one), <c>[T, B]</c>.</param>
    /// <param name="advantages">Destination, <c>[T, B]</c>.</param>
    /// <param name="batch">Copies, B.</param>
    /// <exception cref="ArgumentException">The arrays differ in length, or are no whole steps.</exception>
    public static void Estimate(
        ReadOnlySpan<float> rewards,
        ReadOnlySpan<float> discounts,
        ReadOnlySpan<float> lambdas,
        ReadOnlySpan<float> values,
        ReadOnlySpan<float> nextValues,
        Span<float> advantages,
        int batch
    )
    {
        Shapes.Require(
            batch,
            rewards.Length,
            discounts.Length,
            lambdas.Length,
            values.Length,
            nextValues.Length,
            advantages.Length
        );
        for (int row = rewards.Length - batch; row >= 0; row -= batch)
        {
            bool last = row + batch == rewards.Length;
            int b = 0;
            for (; b + Vector<float>.Count <= batch; b += Vector<float>.Count)
            {
                int i = row + b;
                var discount = new Vector<float>(discounts[i..]);
                Vector<float> next = last ? Vector<float>.Zero : new Vector<float>(advantages[(i + batch)..]);
                Vector<float> error =
                    new Vector<float>(rewards[i..])
                    + discount * new Vector<float>(nextValues[i..])
                    - new Vector<float>(values[i..]);
                (error + discount * new Vector<float>(lambdas[i..]) * next).CopyTo(advantages[i..]);
            }
            for (; b < batch; b++)
            {
                int i = row + b;
                float next = last ? 0 : advantages[i + batch];
                float error = rewards[i] + discounts[i] * nextValues[i] - values[i];
                advantages[i] = error + discounts[i] * lambdas[i] * next;
            }
        }
    }
}
