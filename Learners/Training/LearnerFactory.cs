using System.Runtime.CompilerServices;
using Agents.Networks;
using Environments.Randomness;
using Learners.A2c;
using Learners.Acktr;
using Learners.ActorCritic;
using Learners.Engines;
using Learners.Impala;
using Learners.Ppo;
using Learners.Vmpo;

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
        IGradientEngine engine = GradientEngines.Create(settings.Engine, spec, parameters);
        ActorCriticSettings common = settings.ActorCritic;
        var entropy = new EntropyObjective(common.EntropyCoefficient);
        return common switch
        {
            PpoSettings ppo => new ActorCriticLearner(
                engine,
                ppo,
                new UpdateSchedule(ppo.Epochs, ppo.Minibatches, ppo.TargetKl, ppo.ClipRangeAt),
                [new ClippedSurrogateObjective(ppo.ClipRangeAt), new ClippedValueObjective(ppo), entropy],
                shuffling
            ),
            ImpalaSettings impala => new ActorCriticLearner(
                engine,
                impala,
                new UpdateSchedule(
                    impala.Epochs,
                    impala.Minibatches,
                    0,
                    _ => impala.ClipRange > 0 ? impala.ClipRange : UpdateSchedule.UsualClipRange
                ),
                [
                    impala.ClipRange > 0 ? new ClippedSurrogateObjective(_ => impala.ClipRange) : new PolicyGradientObjective(),
                    new ValueObjective(impala.ValueCoefficient),
                    entropy,
                ],
                shuffling
            ),
            VmpoSettings vmpo => new ActorCriticLearner(
                engine,
                vmpo,
                new UpdateSchedule(vmpo.Epochs, 1, 0, _ => UpdateSchedule.UsualClipRange),
                vmpo.Objectives(spec),
                shuffling
            ),
            A2cSettings or AcktrSettings => new ActorCriticLearner(
                engine,
                common,
                new UpdateSchedule(1, 1, 0, _ => UpdateSchedule.UsualClipRange),
                [new PolicyGradientObjective(), new ValueObjective(common.ValueCoefficient), entropy],
                shuffling
            ),
            _ => throw new SwitchExpressionException(common.GetType()),
        };
    }
}
