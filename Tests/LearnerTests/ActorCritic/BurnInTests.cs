using Actors;
using Agents.Networks;
using Agents.Policies;
using Agents.Policies.Acting;
using Agents.Yaml;
using Environments;
using Environments.Randomness;
using Environments.Wrappers;
using Learners.ActorCritic;
using Learners.Composition;
using Learners.Configuration;
using Learners.Ppo;
using Learners.Stages;
using Learners.Training;
using Protos;
using Xunit;

namespace Tests.LearnerTests.ActorCritic;

public sealed class BurnInTests
{
    private const int Steps = 12;
    private const int Copies = 4;

    [Theory]
    [InlineData("lstm")]
    [InlineData("gru")]
    [InlineData("gtrxl")]
    public void Advance_ActorsOwnParameters_ReachesTheStateThatItHadAfterThoseSteps(string core)
    {
        const int burnIn = 5;
        (IActorCriticNetwork network, Unroll unroll, UnrollRecorder recorder) = Acted(core);
        using (recorder)
        using (network)
        {
            var batch = new UnrollEvaluator(network);
            batch.Prepare(unroll, 0.99f, 0.95f);
            int size = network.Spec.CoreStateSize;
            float[] expected = (float[])unroll.InitialCoreState.Clone();
            int row = network.Spec.ObservationSize;
            for (int t = 0; t < burnIn; t++)
            {
                network.Unroll(
                    1,
                    batch.Observations.AsSpan(t * Copies * row, Copies * row),
                    unroll.EpisodeStarts.AsSpan(t * Copies, Copies),
                    expected,
                    new float[Copies * network.Spec.DistributionSize],
                    []
                );
            }
            int[] copies = [2, 0];
            float[] states = [.. copies.SelectMany(b => unroll.InitialCoreState[(b * size)..((b + 1) * size)])];

            new BurnIn(network, burnIn).Advance(batch, copies, states);

            Assert.Equal([.. copies.SelectMany(b => expected[(b * size)..((b + 1) * size)])], states);
            Assert.NotEqual([.. copies.SelectMany(b => unroll.InitialCoreState[(b * size)..((b + 1) * size)])], states);
        }
    }

    [Fact]
    public async Task TrainAsync_WithBurnIn_LearnsFromTheStepsBehindItAlone()
    {
        using var folder = new TemporaryFolder();
        TrainingSettings settings = new()
        {
            Environment = "CartPoleNoVel-v1",
            TotalSteps = 5 * Copies * Steps,
            Network = new NetworkSettings
            {
                Core = "lstm",
                CoreSize = 8,
                HiddenSizes = [8],
            },
            Agent = new PpoSettings
            {
                Copies = Copies,
                UnrollLength = Steps,
                Minibatches = 2,
                Epochs = 1,
                BurnIn = 7,
            },
            Evaluation = new EvaluationSettings { Episodes = 0, FinalEpisodes = 1 },
        };

        TrainingResult result = await Trainer.TrainAsync(settings, new TrainingOptions { OutputFolder = folder.In("with") });
        TrainingResult without = await Trainer.TrainAsync(
            settings with
            {
                Agent = settings.Of<PpoSettings>() with { BurnIn = 0 },
            },
            new TrainingOptions { OutputFolder = folder.In("without") }
        );

        Assert.Equal(10, result.Updates);
        Assert.NotEqual(without.ParameterHash, result.ParameterHash);
    }

    [Theory]
    [InlineData("ppo.burn_in=12", "lstm", "leaves nothing to learn")]
    [InlineData("ppo.burn_in=3", "identity", "needs a core")]
    public void Load_BurnInThatCannotBe_SaysWhy(string assignment, string core, string reason)
    {
        SettingsException exception = Assert.Throws<SettingsException>(() =>
            SettingsSources.Load("CartPole-v1", "ppo", null, [assignment, $"network.core={core}", "ppo.unroll_length=12"])
        );

        Assert.Contains(reason, exception.Message, StringComparison.Ordinal);
        Assert.Contains("ppo.burn_in", exception.Message, StringComparison.Ordinal);
    }

    private static (IActorCriticNetwork Network, Unroll Unroll, UnrollRecorder Recorder) Acted(string core)
    {
        EnvironmentPipeline pipeline = EnvironmentPipeline.ForTraining(
            EnvironmentRegistry.Default.Make("CartPole-v1", Copies),
            new WrapperSettings(),
            0.99f
        );
        NetworkSpec spec = pipeline.NetworkFor(
            new NetworkSettings
            {
                HiddenSizes = [8],
                Core = core,
                CoreSize = 8,
            }
        );
        var random = new Pcg64(2);
        float[] parameters = ParameterInitializer.Create(new ParameterLayout(spec), ref random);
        var policy = new NetworkPolicy(spec, ActingPolicies.Sample);
        policy.LoadParameters(parameters, 0);
        var recorder = new UnrollRecorder(new EnvironmentParts(pipeline), policy, 5, new Pcg64(6));
        var unroll = new Unroll(pipeline.ShapeFor(spec, Steps));
        recorder.Record(unroll);
        recorder.Record(unroll); // begins in the middle of episodes
        return (new ProgramNetwork(spec, parameters), unroll, recorder);
    }
}
