using Agents.Networks;
using Environments.Randomness;
using Learners.ActorCritic;
using Learners.Composition;
using Protos;

namespace Tests.LearnerTests.Composition;

/// <summary>A source for learners that are handed their unrolls by a test.</summary>
internal sealed class NoExperience : IExperienceSource
{
    public double Progress => 0;

    public ValueTask<Unroll?> NextAsync(CancellationToken stop) => throw new NotSupportedException();

    /// <summary>The learner of the settings' agent.</summary>
    public static ActorCriticLearner Learner(TrainingSettings settings, NetworkSpec network, SeedSequence seed) =>
        (ActorCriticLearner)
            settings.Agent.Agent.CreateLearner(
                new LearnerContext
                {
                    Settings = settings,
                    Network = network,
                    Seed = seed,
                    Experience = new NoExperience(),
                }
            );
}
