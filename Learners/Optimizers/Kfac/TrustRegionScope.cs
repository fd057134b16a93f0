namespace Learners.Optimizers.Kfac;

/// <summary>Which layers share one trust region.</summary>
public enum TrustRegionScope
{
    /// <summary>All of them, as in ACKTR for discrete actions (Wu et al. 2017): policy and value divide one radius.</summary>
    Joint,

    /// <summary>
    /// Actor and critic have one each, as in the paper's continuous tasks, whose networks share nothing; a critic with much to learn then does not
    /// stop the policy. A shared trunk leaves it at one.
    /// </summary>
    Separate,
}
