namespace Learners.Returns;

/// <summary>Discounted rewards to the end of the unroll or the episode, then the value (Mnih et al. 2016, section 4).</summary>
internal static class NStepReturns
{
    /// <summary>R_t = r_t + d_t R_{t+1} inside an episode, and r_t + d_t V(s'_t) on its last step or the unroll's.</summary>
    /// <param name="rewards">Reward of step t, <c>[T, B]</c>.</param>
    /// <param name="discounts">γ, or 0 where the task ended, <c>[T, B]</c>.</param>
    /// <param name="lambdas">0 on the last step of an episode, 1 elsewhere; a value between mixes both forms, <c>[T, B]</c>.</param>
    /// <param name="nextValues">V of the observation step t led to, <c>[T, B]</c>.</param>
    /// <param name="returns">Destination, <c>[T, B]</c>.</param>
    /// <param name="batch">Copies, B.</param>
    /// <exception cref="ArgumentException">The arrays differ in length, or are no whole steps.</exception>
    public static void Estimate(
        ReadOnlySpan<float> rewards,
        ReadOnlySpan<float> discounts,
        ReadOnlySpan<float> lambdas,
        ReadOnlySpan<float> nextValues,
        Span<float> returns,
        int batch
    )
    {
        Shapes.Require(batch, rewards.Length, discounts.Length, lambdas.Length, nextValues.Length, returns.Length);
        for (int i = rewards.Length - 1; i >= 0; i--)
        {
            float future =
                i + batch < rewards.Length ? lambdas[i] * returns[i + batch] + (1 - lambdas[i]) * nextValues[i] : nextValues[i];
            returns[i] = rewards[i] + discounts[i] * future;
        }
    }
}
