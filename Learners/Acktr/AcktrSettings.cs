using Learners.ActorCritic;
using Learners.Composition;

namespace Learners.Acktr;

/// <summary>
/// Settings of the actor-critic with Kronecker-factored trust region (Wu et al. 2017): A2C's objective and K-FAC's step. Immutable; derive
/// variants with <c>with</c>.
/// </summary>
/// <remarks>
/// Defaults are those of the paper's discrete tasks: 32 copies, 20 steps, greatest step 0.25 falling linearly, γ 0.99, λ 1, entropy 0.01;
/// the optimiser's own stand in <see cref="Optimizers.Kfac.KfacSettings"/>. For continuous tasks the paper takes batches of 2,500 steps,
/// λ 0.97, normalised advantages and no entropy bonus.
/// <para>
/// In a fleet, unrolls of older policies are learned from as they are, like A2C's: nothing corrects the policy gradient for their age. The
/// curvature is always that of the newest policy. Keep unrolls young (lock step, or few actors per learner), or give <c>impala</c> this
/// optimiser with <c>impala.optimizer=kfac</c>, whose V-trace corrects for age.
/// </para>
/// </remarks>
public sealed record AcktrSettings : ActorCriticSettings
{
    /// <inheritdoc/>
    public override Agent Agent => new AcktrAgent();

    /// <summary>The defaults.</summary>
    public AcktrSettings()
    {
        Copies = 32;
        UnrollLength = 20;
        LearningRate = 0.25f;
        LearningRateSchedule = ScheduleKind.Linear;
        Lambda = 1f;
        EntropyCoefficient = 0.01f;
        Optimizer = new Optimizers.Kfac.KfacSettings();
    }
}
