namespace Learners.Optimizers.Kfac;

/// <summary>How far a natural-gradient step may go (Ba, Grosse and Martens 2017, section 5; Wu et al. 2017, section 3.3).</summary>
internal static class TrustRegion
{
    // Below this the step is so short that nothing has to be held back.
    private const double Negligible = 1e-12;

    /// <summary>ν = min(1, √(klClip / (η² q))), so that the effective step is min(η, √(klClip / q)).</summary>
    /// <remarks>The quadratic model of the step's KL divergence, ½ η² ν² q, is then at most klClip / 2.</remarks>
    /// <param name="learningRate">η.</param>
    /// <param name="squaredNorm">q = Σ ⟨U, ∇⟩ over all layers: the step direction's squared length in the Fisher metric.</param>
    /// <param name="klClip">Twice the radius δ of the paper.</param>
    public static double Scale(double learningRate, double squaredNorm, double klClip) =>
        squaredNorm <= Negligible || learningRate == 0
            ? 1
            : Math.Min(1, Math.Sqrt(klClip / (learningRate * learningRate * squaredNorm)));
}
