namespace Learners.Returns;

/// <summary>Off-policy corrected value targets and advantages (Espeholt et al. 2018, eq. 1).</summary>
internal static class VTrace
{
    /// <summary>
    /// δ_t = ρ_t (r_t + d_t V(s'_t) − V_t), v_t = V_t + δ_t + d_t λ c_t (v_{t+1} − V_{t+1}), A_t = ρ'_t (r_t + d_t v_{t+1} − V_t).
    /// </summary>
    /// <remarks>
    /// λ shortens traces alone (remark 2), and advantages look one step further than targets do (section 4.2), as in the code of SEED RL (Espeholt et
    /// al. 2020): with λ = 0 the target is r_t + d_t V(s'_t), and the advantage r_t + d_t (r_{t+1} + d_{t+1} V(s'_{t+1})) − V_t on policy. It is
    /// not the estimator that mixes λ v_{t+1} + (1 − λ) V_{t+1} into the advantage, nor a generalised advantage, unless λ is 1.
    /// </remarks>
    /// <param name="logRatios">log π(a|s) − log μ(a|s) of the taken actions, <c>[T, B]</c>.</param>
    /// <param name="rewards">Reward of step t, <c>[T, B]</c>.</param>
    /// <param name="discounts">γ, or 0 where the task ended, <c>[T, B]</c>.</param>
    /// <param name="continuations">1, or 0 on the last step of an episode: there V(s'_t) takes the place of v_{t+1}, <c>[T, B]</c>.</param>
    /// <param name="values">V of the observation step t acted on, <c>[T, B]</c>.</param>
    /// <param name="nextValues">V of the observation step t led to (an episode's final one), <c>[T, B]</c>.</param>
    /// <param name="targets">Destination of v, <c>[T, B]</c>.</param>
    /// <param name="advantages">Destination of the policy gradient's advantages, <c>[T, B]</c>.</param>
    /// <param name="batch">Copies, B.</param>
    /// <param name="lambda">λ, 0 to 1.</param>
    /// <param name="clips">Limits of the ratios.</param>
    /// <exception cref="ArgumentException">The arrays differ in length, or are no whole steps.</exception>
    public static void Estimate(
        ReadOnlySpan<float> logRatios,
        ReadOnlySpan<float> rewards,
        ReadOnlySpan<float> discounts,
        ReadOnlySpan<float> continuations,
        ReadOnlySpan<float> values,
        ReadOnlySpan<float> nextValues,
        Span<float> targets,
        Span<float> advantages,
        int batch,
        float lambda,
        VTraceClips clips
    )
    {
        Shapes.Require(
            batch,
            logRatios.Length,
            rewards.Length,
            discounts.Length,
            continuations.Length,
            values.Length,
            nextValues.Length,
            targets.Length,
            advantages.Length
        );
        for (int i = rewards.Length - 1; i >= 0; i--)
        {
            float ratio = MathF.Exp(logRatios[i]);
            bool continues = i + batch < rewards.Length && continuations[i] != 0;
            float error = MathF.Min(clips.Rho, ratio) * (rewards[i] + discounts[i] * nextValues[i] - values[i]);
            float correction = continues ? lambda * MathF.Min(clips.C, ratio) * (targets[i + batch] - values[i + batch]) : 0;
            targets[i] = values[i] + error + discounts[i] * correction;
            float next = continues ? targets[i + batch] : nextValues[i];
            float weight = clips.WeighAdvantages ? MathF.Min(clips.PolicyGradientRho, ratio) : 1;
            advantages[i] = weight * (rewards[i] + discounts[i] * next - values[i]);
        }
    }
}
