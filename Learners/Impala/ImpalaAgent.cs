using Learners.ActorCritic;
using Learners.Composition;
using Learners.Ppo;

namespace Learners.Impala;

/// <summary>Actor-critic whose V-trace targets allow for actors with older parameters; with a clip range it is APPO. Settings: <see cref="ImpalaSettings"/>.</summary>
public sealed class ImpalaAgent : Agent
{
    /// <inheritdoc/>
    public override string Name => "impala";

    /// <inheritdoc/>
    public override string Description => "importance weighted actor-learner with V-trace targets (Espeholt et al. 2018)";

    /// <inheritdoc/>
    public override AgentSettings Defaults => new ImpalaSettings();

    /// <inheritdoc/>
    public override ILearner CreateLearner(LearnerContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        ImpalaSettings impala = context.Settings.Of<ImpalaSettings>();
        float clip = impala.ClipRange;
        return ActorCriticLearner.Create(
            context,
            impala,
            new UpdateSchedule(impala.Epochs, impala.Minibatches, 0, _ => clip > 0 ? clip : UpdateSchedule.UsualClipRange),
            [
                clip > 0 ? new ClippedSurrogateObjective(_ => clip) : new PolicyGradientObjective(),
                new ValueObjective(impala.ValueCoefficient),
                new EntropyObjective(impala.EntropyCoefficient),
            ]
        );
    }
}
