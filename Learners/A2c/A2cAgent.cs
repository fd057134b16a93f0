using Learners.ActorCritic;
using Learners.Composition;

namespace Learners.A2c;

/// <summary>Synchronous advantage actor-critic: the plain policy gradient, one step per unroll. Settings: <see cref="A2cSettings"/>.</summary>
public sealed class A2cAgent : Agent
{
    /// <inheritdoc/>
    public override string Name => "a2c";

    /// <inheritdoc/>
    public override string Description => "advantage actor-critic, synchronous (Mnih et al. 2016)";

    /// <inheritdoc/>
    public override AgentSettings Defaults => new A2cSettings();

    /// <inheritdoc/>
    public override ILearner CreateLearner(LearnerContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        A2cSettings a2c = context.Settings.Of<A2cSettings>();
        return ActorCriticLearner.Create(
            context,
            a2c,
            UpdateSchedule.Once,
            [
                new PolicyGradientObjective(),
                new ValueObjective(a2c.ValueCoefficient),
                new EntropyObjective(a2c.EntropyCoefficient),
            ]
        );
    }
}
