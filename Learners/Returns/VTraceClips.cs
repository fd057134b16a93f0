namespace Learners.Returns;

/// <summary>Limits of V-trace's importance ratios (Espeholt et al. 2018, section 4.1).</summary>
/// <param name="Rho">ρ̄ of the temporal differences: decides which policy's value is learned.</param>
/// <param name="C">c̄ of the traces: decides how far corrections travel.</param>
/// <param name="PolicyGradientRho">ρ̄ of the policy gradient.</param>
internal readonly record struct VTraceClips(float Rho = 1, float C = 1, float PolicyGradientRho = 1)
{
    /// <summary>Whether advantages carry the clipped ratio; not where the policy loss brings a ratio of its own.</summary>
    public bool WeighAdvantages { get; init; } = true;

    /// <summary>The published limits, all 1.</summary>
    public VTraceClips()
        : this(1) { }
}
