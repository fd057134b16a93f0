namespace Learners.Returns;

/// <summary>Off-policy corrected value targets and advantages (Espeholt et al. 2018, eq. 1 and section 4.2).</summary>
/// <remarks>
/// λ stands only where remark 2 of the paper puts it: in the traces, c_t = λ min(c̄, ratio). It shortens how far corrections of the targets travel back,
/// and the advantage stays r_t + d_t v_{t+1} − V_t for every λ. So at λ = 0 targets look one step ahead and advantages two. A form that
/// also mixes v_{t+1} with V_{t+1} by λ, and so ends in one-step advantages, is another estimator.
/// </remarks>
internal static class VTrace
{
    /// <summary>
    /// δ_t = ρ_t (r_t + d_t V(s'_t) − V_t), v_t = V_t + δ_t + d_t λ c_t (v_{t+1} − V_{t+1}), A_t = ρ'_t (r_t + d_t v_{t+1} − V_t).
    /// </summary>
    /// <param name="logRatios">log π(a|s) − log μ(a|s) of the taken actions, <c>[T, B]</c>.</param>
    /// <param name="rewards">Reward of step t, <c>[T, B]</c>.</param>
    /// <param name="discounts">γ, or 0 where the task ended, <c>[T, B]</c>.</param>
    /// <param name="ends">Step t was an episode's last, either way: there V(s'_t) takes the place of v_{t+1}, <c>[T, B]</c>.</param>
    /// <param name="lambda">λ, 0 to 1.</param>
    /// <param name="values">V of the observation step t acted on, <c>[T, B]</c>.</param>
    /// <param name="nextValues">V of the observation step t led to (an episode's final one), <c>[T, B]</c>.</param>
    /// <param name="targets">Destination of v, <c>[T, B]</c>.</param>
    /// <param name="advantages">Destination of the policy gradient's advantages, <c>[T, B]</c>.</param>
    /// <param name="batch">Copies, B.</param>
    /// <param name="clips">Limits of the ratios.</param>
    /// <exception cref="ArgumentException">The arrays differ in length, or are no whole steps.</exception>
    public static void Estimate(
        ReadOnlySpan<float> logRatios,
        ReadOnlySpan<float> rewards,
        ReadOnlySpan<float> discounts,
        ReadOnlySpan<bool> ends,
        float lambda,
        ReadOnlySpan<float> values,
        ReadOnlySpan<float> nextValues,
        Span<float> targets,
        Span<float> advantages,
        int batch,
        VTraceClips clips
    )
    {
        Shapes.Require(
            batch,
            logRatios.Length,
            rewards.Length,
            discounts.Length,
            ends.Length,
            values.Length,
            nextValues.Length,
            targets.Length,
            advantages.Length
        );
        for (int i = rewards.Length - 1; i >= 0; i--)
        {
            float ratio = MathF.Exp(logRatios[i]);
            bool continues = i + batch < rewards.Length && !ends[i];
            float error = MathF.Min(clips.Rho, ratio) * (rewards[i] + discounts[i] * nextValues[i] - values[i]);
            float correction = continues ? lambda * MathF.Min(clips.C, ratio) * (targets[i + batch] - values[i + batch]) : 0;
            targets[i] = values[i] + error + discounts[i] * correction;
            float next = continues ? targets[i + batch] : nextValues[i];
            float weight = clips.WeighAdvantages ? MathF.Min(clips.PolicyGradientRho, ratio) : 1;
            advantages[i] = weight * (rewards[i] + discounts[i] * next - values[i]);
        }
    }
}
