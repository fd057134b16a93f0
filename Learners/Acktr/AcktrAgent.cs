using Learners.ActorCritic;
using Learners.Composition;

namespace Learners.Acktr;

/// <summary>A2C with the natural gradient of Kronecker factors, within a trust region. Settings: <see cref="AcktrSettings"/>.</summary>
public sealed class AcktrAgent : Agent
{
    /// <inheritdoc/>
    public override string Name => "acktr";

    /// <inheritdoc/>
    public override string Description => "actor-critic with Kronecker-factored trust region (Wu et al. 2017)";

    /// <inheritdoc/>
    public override AgentSettings Defaults => new AcktrSettings();

    /// <inheritdoc/>
    public override ILearner CreateLearner(LearnerContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        AcktrSettings acktr = context.Settings.Of<AcktrSettings>();
        return ActorCriticLearner.Create(
            context,
            acktr,
            UpdateSchedule.Once,
            [
                new PolicyGradientObjective(),
                new ValueObjective(acktr.ValueCoefficient),
                new EntropyObjective(acktr.EntropyCoefficient),
            ]
        );
    }
}
