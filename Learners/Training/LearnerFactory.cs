using Agents.Networks;
using Environments.Randomness;
using Learners.A2c;
using Learners.ActorCritic;
using Learners.Ppo;

namespace Learners.Training;

/// <summary>Composes the learner of an agent: which objectives, how many passes.</summary>
internal static class LearnerFactory
{
    /// <summary>The learner that the settings name, with fresh parameters.</summary>
    public static ActorCriticLearner Create(TrainingSettings settings, NetworkSpec spec, SeedSequence seed)
    {
        var initialization = new Pcg64(seed.Child(0));
        float[] parameters = ParameterInitializer.Create(new ParameterLayout(spec), ref initialization);
        var shuffling = new Pcg64(seed.Child(1));
        ActorCriticSettings common = settings.ActorCritic;
        var entropy = new EntropyObjective(common.EntropyCoefficient);
        return common switch
        {
            PpoSettings ppo => new ActorCriticLearner(
                spec,
                ppo,
                new UpdateSchedule(ppo.Epochs, ppo.Minibatches, ppo.TargetKl),
                [new ClippedSurrogateObjective(ppo), new ClippedValueObjective(ppo), entropy],
                parameters,
                shuffling
            ),
            _ => new ActorCriticLearner(
                spec,
                common,
                new UpdateSchedule(1, 1, 0),
                [new PolicyGradientObjective(), new ValueObjective(common.ValueCoefficient), entropy],
                parameters,
                shuffling
            ),
        };
    }
}
