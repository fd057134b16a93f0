using Agents.Networks;
using Environments.Randomness;
using Environments.Spaces;
using Learners.A2c;
using Learners.Auxiliary;
using Learners.Batches;
using Learners.Composition;
using Learners.Metrics;
using Learners.Models;
using Learners.Stages;
using Protos;
using Tests.LearnerTests.Composition;
using Xunit;

namespace Tests.LearnerTests.Skills;

/// <summary>What a saved network pays, and how much guided steps weigh.</summary>
public sealed class NeuralRewardStageTests : IDisposable
{
    private const int Steps = 6;
    private const int Copies = 2;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    /// <summary>The network says its observation; of each step the next one, or the one that the episode closed with.</summary>
    [Theory]
    [InlineData(RewardedObservation.Next, new[] { 0.2f, 0, 0.4f, 0.5f, 0.5f, 0.5f })]
    [InlineData(RewardedObservation.Before, new[] { 0.1f, 0.2f, 0.3f, 0.4f, 0.5f, 0.5f })]
    public void Prepare_Rewards_AreClippedAndJoinTheTasks(RewardedObservation reads, float[] expected)
    {
        var settings = new NeuralRewardSettings
        {
            Path = Save(),
            Largest = 0.5f,
            Reads = reads,
            Weight = 2,
            TaskWeight = 10,
            PaidEntropyCoefficient = 1,
        };
        (float[] rewards, float[] paid, _) = Prepare(settings);

        for (int t = 0; t < Steps; t++)
        {
            Assert.Equal(2 * expected[t] + 10, rewards[t * Copies], 1e-5);
            Assert.Equal(expected[t] > 0 ? 1 : 0, paid[t * Copies]);
            Assert.Equal(10, rewards[t * Copies + 1], 1e-5); // of what is below 0 nothing
        }
    }

    /// <summary>Steps that the guide took weigh nothing, and the others as much more.</summary>
    [Fact]
    public void Prepare_GuidedSteps_WeighNothing()
    {
        var settings = new NeuralRewardSettings
        {
            Path = Save(),
            Guide = new GuideSettings
            {
                Path = "nobody reads it",
                Longest = Steps,
                Share = 1,
            },
        };
        (_, _, float[] weights) = Prepare(settings);

        var clock = GuideClock.Of(settings.Guide, Run);
        var guided = new bool[Copies];
        var expected = new List<bool>();
        for (int t = 0; t < Steps; t++)
        {
            clock.Advance(0, [t == 0 || t == 2, t == 0], guided);
            expected.AddRange(guided);
        }
        Assert.True(expected.Contains(true), "the draw of this seed guides nothing");
        Assert.Equal(expected, weights.Select(weight => weight == 0));
        Assert.Equal(Steps * Copies, weights.Sum(), 1e-4);
        Assert.Single(weights.Where(weight => weight > 0).Distinct());
    }

    private static TrainingSettings Run { get; } =
        new()
        {
            Seed = 4,
            TotalSteps = 1_000,
            Agent = new A2cSettings { Copies = Copies, UnrollLength = Steps },
        };

    private static (float[] Rewards, float[] Paid, float[] Weights) Prepare(NeuralRewardSettings settings)
    {
        var spec = new NetworkSpec(new Box(-1, 1, 1), new Discrete(2), new NetworkSettings());
        var context = new LearnerContext
        {
            Settings = Run,
            Network = spec,
            Seed = new SeedSequence(1),
            Experience = new NoExperience(),
        };
        using var stage = new NeuralRewardStage(settings, context);
        using var network = new ProgramNetwork(spec);
        var evaluator = new UnrollEvaluator(network, [stage]);
        var unroll = new Unroll(new UnrollShape(Steps, Copies, new ObservationFormat(1), 1, 0));
        for (int t = 0; t <= Steps; t++)
        {
            unroll.Observations.Write(t, [0.1f * (t + 1), -0.5f]);
        }
        Array.Fill(unroll.Rewards, 1);
        unroll.EpisodeStarts[0] = unroll.EpisodeStarts[1] = unroll.EpisodeStarts[2 * Copies] = true;
        unroll.Terminated[Copies] = true;
        unroll.AddFinalObservation(Copies, [-0.9f]);
        evaluator.Load(unroll);
        evaluator.Evaluate();
        stage.Prepare(evaluator, new MetricAverages());
        float[] Of(string name) =>
            stage.Writes.FirstOrDefault(column => column.Name == name) is { } column
                ? evaluator.Batch[column][..(Steps * Copies)]
                : [];
        return (Of(Column.Rewards.Name), Of("neural_reward.paid"), Of(Column.SampleWeights.Name));
    }

    // Says its input.
    private string Save()
    {
        NetworkSpec spec = RewardNetwork.SpecOf(new Box(-1, 1, 1), new NetworkSettings { HiddenSizes = [] });
        var layout = new ParameterLayout(spec);
        var parameters = new float[layout.Count];
        layout.Slots.First(slot => slot.Name.EndsWith(".weight", StringComparison.Ordinal)).In(parameters.AsSpan()).Fill(1);
        new SavedNetwork(RewardNetwork.Task, spec, parameters, 0, 1).Save(_folder.In("reward"));
        return _folder.In("reward");
    }
}
