namespace Learners.Optimizers.Kfac;

/// <summary>How a layer's block is kept away from singular.</summary>
public enum DampingKind
{
    /// <summary>(A ⊗ G + λ I)⁻¹, as in the released code of ACKTR.</summary>
    Plain,

    /// <summary>(A + π √λ I)⁻¹ ⊗ (G + √λ / π I)⁻¹, π² the ratio of the factors' mean eigenvalues (Martens and Grosse 2015, section 6.3).</summary>
    Factored,
}
