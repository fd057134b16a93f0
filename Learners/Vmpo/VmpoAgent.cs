using Learners.ActorCritic;
using Learners.Composition;

namespace Learners.Vmpo;

/// <summary>On-policy maximum a posteriori policy optimisation: the better half of the samples, weighted, near a target policy. Settings: <see cref="VmpoSettings"/>.</summary>
public sealed class VmpoAgent : Agent
{
    /// <inheritdoc/>
    public override string Name => "vmpo";

    /// <inheritdoc/>
    public override string Description => "on-policy maximum a posteriori policy optimisation (Song et al. 2020)";

    /// <inheritdoc/>
    public override AgentSettings Defaults => new VmpoSettings();

    /// <inheritdoc/>
    public override ILearner CreateLearner(LearnerContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        VmpoSettings vmpo = context.Settings.Of<VmpoSettings>();
        return ActorCriticLearner.Create(
            context,
            vmpo,
            UpdateSchedule.Once with
            {
                Epochs = vmpo.Epochs,
            },
            vmpo.Objectives(context.Network)
        );
    }
}
