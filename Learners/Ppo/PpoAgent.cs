using Learners.ActorCritic;
using Learners.Composition;

namespace Learners.Ppo;

/// <summary>Proximal policy optimisation: a clipped ratio, several passes over shuffled minibatches. Settings: <see cref="PpoSettings"/>.</summary>
public sealed class PpoAgent : Agent
{
    /// <inheritdoc/>
    public override string Name => "ppo";

    /// <inheritdoc/>
    public override string Description => "proximal policy optimisation (Schulman et al. 2017)";

    /// <inheritdoc/>
    public override AgentSettings Defaults => new PpoSettings();

    /// <inheritdoc/>
    public override ILearner CreateLearner(LearnerContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        PpoSettings ppo = context.Settings.Of<PpoSettings>();
        return ActorCriticLearner.Create(
            context,
            ppo,
            new UpdateSchedule(ppo.Epochs, ppo.Minibatches, ppo.TargetKl, ppo.ClipRangeAt),
            [
                new ClippedSurrogateObjective(ppo.ClipRangeAt),
                new ClippedValueObjective(ppo),
                new EntropyObjective(ppo.EntropyCoefficient),
            ]
        );
    }
}
