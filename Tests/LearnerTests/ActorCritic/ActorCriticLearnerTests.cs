using Actors;
using Agents.Networks;
using Agents.Policies;
using Agents.Policies.Acting;
using Agents.Programs;
using Agents.Torch;
using Environments;
using Environments.Randomness;
using Environments.Wrappers;
using Learners.A2c;
using Learners.ActorCritic;
using Learners.Composition;
using Learners.Engines;
using Learners.Metrics;
using Learners.Objectives;
using Learners.Optimizers;
using Learners.Ppo;
using Learners.Runs;
using Protos;
using Tests.LearnerTests.Composition;
using Xunit;

namespace Tests.LearnerTests.ActorCritic;

[Collection(nameof(NativeMemoryCollection))]
public sealed class ActorCriticLearnerTests
{
    private static readonly string[] Environments = ["CartPole-v1", "Pendulum-v1"];

    public static TheoryData<string> EnvironmentIds => [.. Environments];

    [Theory]
    [InlineData("CartPole-v1", "identity", EngineKind.Managed)]
    [InlineData("Pendulum-v1", "identity", EngineKind.Torch)]
    [InlineData("CartPoleNoVel-v1", "lstm", EngineKind.Managed)]
    [InlineData("CartPoleNoVel-v1", "lstm", EngineKind.Torch)]
    [InlineData("CartPoleNoVel-v1", "gru", EngineKind.Managed)]
    [InlineData("Pendulum-v1", "gru", EngineKind.Torch)]
    [InlineData("CartPoleNoVel-v1", "gtrxl", EngineKind.Managed)]
    [InlineData("Pendulum-v1", "gtrxl", EngineKind.Torch)]
    public void Update_FirstPass_HasRatioOneAndNoDivergence(string environment, string core, EngineKind engine)
    {
        var settings = new TrainingSettings
        {
            Environment = environment,
            Engine = engine,
            Network = new NetworkSettings { Core = core, CoreSize = 16 },
            Agent = new PpoSettings { Epochs = 1, Minibatches = 1 },
        };
        using var parts = new Parts(settings);
        var metrics = new MetricAverages();

        parts.Next(); // the second unroll begins in the middle of episodes, with core states to restore
        parts.Learner.Update(parts.Next(), 0, metrics);

        Dictionary<string, double> values = Drain(metrics);
        Assert.Equal(0, values["losses/approx_kl"], 1e-8);
        Assert.Equal(0, values["losses/old_approx_kl"], 1e-6);
        Assert.Equal(0, values["losses/clipfrac"]);
    }

    [Theory]
    [MemberData(nameof(EnvironmentIds))]
    public void Update_PpoOfOnePassWithoutNormalisation_TakesTheStepOfA2c(string environment)
    {
        var common = new A2cSettings
        {
            Copies = 4,
            UnrollLength = 16,
            Lambda = 0.9f,
            Optimizer = new AdamSettings(),
            ValueCoefficient = 0.25f, // A2C's loss has no half before the square
        };
        var ppo = new PpoSettings
        {
            Copies = 4,
            UnrollLength = 16,
            Lambda = 0.9f,
            Epochs = 1,
            Minibatches = 1,
            NormalizeAdvantages = false,
            ClipValue = false,
            LearningRate = common.LearningRate,
            ValueCoefficient = 0.5f,
        };
        using var first = new Parts(new TrainingSettings { Environment = environment, Agent = common });
        using var second = new Parts(new TrainingSettings { Environment = environment, Agent = ppo });

        first.Learner.Update(first.Next(), 0, new MetricAverages());
        second.Learner.Update(second.Next(), 0, new MetricAverages());

        float[] expected = first.Learner.Parameters.ToArray();
        float[] actual = second.Learner.Parameters.ToArray();
        Assert.All(expected.Zip(actual), pair => Assert.Equal(pair.First, pair.Second, 2e-6));
    }

    [Fact]
    public void Update_TargetKl_LeavesOutTheRemainingEpochs()
    {
        var ppo = new PpoSettings
        {
            Epochs = 10,
            Minibatches = 4,
            LearningRate = 0.01f,
        };
        using var free = new Parts(new TrainingSettings { Agent = ppo });
        using var bounded = new Parts(new TrainingSettings { Agent = ppo with { TargetKl = 0.01f } });

        free.Learner.Update(free.Next(), 0, new MetricAverages());
        bounded.Learner.Update(bounded.Next(), 0, new MetricAverages());

        Assert.Equal(40, free.Learner.Updates);
        Assert.InRange(bounded.Learner.Updates, 4, 36);
        Assert.Equal(0, bounded.Learner.Updates % 4);
    }

    [Fact]
    public void Update_GradientThatIsNoNumber_ThrowsAndKeepsTheParameters()
    {
        using var parts = new Parts(
            new TrainingSettings
            {
                Agent = new PpoSettings { Epochs = 1, Minibatches = 1 },
            }
        );
        Unroll unroll = parts.Next();
        unroll.Rewards[3] = float.PositiveInfinity;
        float[] before = parts.Learner.Parameters.ToArray();

        TrainingDivergedException exception = Assert.Throws<TrainingDivergedException>(() =>
            parts.Learner.Update(unroll, 0, new MetricAverages())
        );

        Assert.Contains("update 1", exception.Message, StringComparison.Ordinal);
        Assert.Equal(before, parts.Learner.Parameters.ToArray());
    }

    [Theory]
    [InlineData("identity", EngineKind.Auto)]
    [InlineData("gtrxl", EngineKind.Torch)]
    public void Update_TwoHundredUpdates_KeepsTheNumberOfNativeTensors(string core, EngineKind engine)
    {
        using var parts = new Parts(
            new TrainingSettings
            {
                Engine = engine,
                Network = new NetworkSettings { Core = core, CoreSize = 8 },
                Agent = new PpoSettings { Copies = 4, UnrollLength = 16 },
            }
        );
        parts.Learner.Update(parts.Next(), 0, new MetricAverages());
        GC.Collect(); // tensors that earlier tests left to the collector
        GC.WaitForPendingFinalizers();
        long before = TorchRuntime.LiveTensors;

        while (parts.Learner.Updates < 216)
        {
            parts.Learner.Update(parts.Next(), 0, new MetricAverages());
        }

        Assert.Equal(before, TorchRuntime.LiveTensors);
    }

    [Theory]
    [InlineData("identity")]
    [InlineData("gtrxl")]
    public void Record_SteadyState_AllocatesNothing(string core)
    {
        using var parts = new Parts(
            new TrainingSettings
            {
                Network = new NetworkSettings { Core = core, CoreSize = 8 },
                Agent = new PpoSettings { Copies = 8, UnrollLength = 64 },
            }
        );
        for (int i = 0; i < 20; i++)
        {
            parts.Next();
        }
        long before = GC.GetAllocatedBytesForCurrentThread();

        for (int i = 0; i < 10; i++)
        {
            parts.Recorder.Record(parts.Unroll);
        }

        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    [Fact]
    public void Update_ObjectiveWithANameOfItsOwn_WritesItsLossIntoTheRun()
    {
        var settings = new TrainingSettings
        {
            Agent = new A2cSettings { Copies = 4, UnrollLength = 8 },
        };
        using var parts = new Parts(settings);
        using var learner = new ActorCriticLearner(
            GradientEngines.Create(EngineKind.Managed, parts.Spec, parts.Learner.Parameters.ToArray()),
            settings.Of<A2cSettings>(),
            new UpdateSchedule(1, 1, 0, _ => UpdateSchedule.UsualClipRange),
            [new PolicyGradientObjective(), new ValueObjective(0.5f), new EntropyObjective(0.01f), new Curiosity()],
            new Pcg64(1),
            new NoExperience()
        );
        using var folder = new TemporaryFolder();
        var run = new RunFolder(folder.In("run"));
        var averages = new MetricAverages();
        using (var log = new RunLog(run, TimeProvider.System, averages, learner.Tags, null, recordEpisodes: false))
        {
            learner.Update(parts.Next(), 0, averages);
            log.Write(32, 1, 0);
        }

        MetricsTable table = MetricsTable.Read(run.Metrics);

        Assert.Equal([7], table.Column("losses/curiosity").Values);
        Assert.Single(table.Column("losses/policy_loss").Values);
    }

    [Fact]
    public void Constructor_TwoObjectivesOfOneName_NamesThem()
    {
        using var parts = new Parts(new TrainingSettings { Agent = new PpoSettings() });
        using IGradientEngine engine = GradientEngines.Create(EngineKind.Managed, parts.Spec, parts.Learner.Parameters.ToArray());

        ArgumentException exception = Assert.Throws<ArgumentException>(() =>
            new ActorCriticLearner(
                engine,
                new A2cSettings(),
                new UpdateSchedule(1, 1, 0, _ => UpdateSchedule.UsualClipRange),
                [new Curiosity(), new Curiosity()],
                new Pcg64(1),
                new NoExperience()
            )
        );

        Assert.Contains("curiosity, curiosity have one name", exception.Message, StringComparison.Ordinal);
    }

    /// <summary>A loss that no agent of ours has.</summary>
    private sealed class Curiosity : Objective
    {
        public override string Name => "curiosity";

        public override Value Loss(NetworkEvaluation evaluation) => (evaluation.LogProb * 0 + 7).Mean();
    }

    private static Dictionary<string, double> Drain(MetricAverages metrics)
    {
        var list = new List<Metric>();
        metrics.Drain(list);
        return list.ToDictionary(metric => metric.Tag, metric => metric.Value);
    }

    /// <summary>A learner, its environments and a recorder with the learner's parameters.</summary>
    private sealed class Parts : IDisposable
    {
        private readonly NetworkPolicy _policy;

        public Parts(TrainingSettings settings)
        {
            AgentSettings agent = settings.Agent;
            EnvironmentPipeline pipeline = EnvironmentPipeline.ForTraining(
                EnvironmentRegistry.Default.Make(settings.Environment, agent.Copies),
                new WrapperSettings(),
                agent.DiscountFactor
            );
            NetworkSpec spec = pipeline.NetworkFor(settings.Network);
            Spec = spec;
            Learner = NoExperience.Learner(settings, spec, new SeedSequence(3));
            _policy = new NetworkPolicy(spec, ActingPolicies.Sample);
            Recorder = new UnrollRecorder(new EnvironmentParts(pipeline), _policy, environmentSeed: 4, new Pcg64(5));
            Unroll = new Unroll(pipeline.ShapeFor(spec, agent.UnrollLength));
        }

        public NetworkSpec Spec { get; }

        public ActorCriticLearner Learner { get; }

        public UnrollRecorder Recorder { get; }

        public Unroll Unroll { get; }

        public Unroll Next()
        {
            _policy.LoadParameters(Learner.Parameters, Learner.Updates);
            Recorder.Record(Unroll);
            return Unroll;
        }

        public void Dispose()
        {
            Recorder.Dispose();
            Learner.Dispose();
            _policy.Dispose();
        }
    }
}
