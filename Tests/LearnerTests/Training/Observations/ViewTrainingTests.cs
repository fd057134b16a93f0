using Agents.Networks;
using Agents.Networks.Encoders;
using Agents.Policies;
using Agents.Yaml;
using Environments;
using Environments.Randomness;
using Environments.Spaces;
using Learners.A2c;
using Learners.Composition;
using Learners.Configuration;
using Learners.Evaluation;
using Learners.Optimizers;
using Learners.Training;
using Xunit;

namespace Tests.LearnerTests.Training;

/// <summary>Runs whose networks read parts of the observation, and runs with tables.</summary>
public sealed class ViewTrainingTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly EnvironmentRegistry _registry = EnvironmentRegistry.Default.Copy();

    public ViewTrainingTests() => _registry.Register("Lock-v0", () => new Lock(), spec => spec);

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("managed")]
    [InlineData("torch")]
    public async Task TrainAsync_PartOfAVector_GivesAPolicyThatActsOnItAlone(string engine)
    {
        TrainingSettings settings = SettingsSources.Load(
            "CartPole-v1",
            "ppo",
            null,
            [
                "network.view=[2-3, 0]",
                $"engine={engine}",
                "total_steps=512",
                "ppo.copies=4",
                "ppo.unroll_length=64",
                "wrappers.normalize_observations=true",
                "evaluation.final_episodes=2",
            ]
        );
        TrainingResult result = await Train(settings, "run");

        using SavedPolicy policy = SavedPolicy.Load(result.PolicyFolder);

        Assert.Equal(["2-3", "0"], policy.Network.View!);
        Assert.Equal([64, 3], new ParameterLayout(policy.ActingNetwork.Spec)["actor.encoder.0.weight"].Shape);
        Assert.Equal(4, policy.Statistics!.Size); // whole observations are normalised
        float[] row = [0.1f, 0.2f, -0.05f, 0.3f];
        Assert.Equal(Outputs(policy, row), Outputs(policy, [0.1f, -9, -0.05f, 0.3f]));
        for (int place = 0; place < 4; place++)
        {
            float[] changed = [.. row];
            changed[place] += 0.1f;
            Assert.Equal(place != 1, Outputs(policy, row)[0] != Outputs(policy, changed)[0]);
        }
        Assert.Equal(
            2,
            Evaluator
                .Evaluate(policy, "CartPole-v1", episodes: 2, cancellationToken: TestContext.Current.CancellationToken)
                .Episodes
        );
    }

    [Fact]
    public async Task TrainAsync_Table_LearnsEveryLockAndOpensThemOnceLoaded()
    {
        TrainingResult result = await Train(Locks, "run");

        using SavedPolicy policy = SavedPolicy.Load(result.PolicyFolder);
        EvaluationResult played = Evaluator.Evaluate(
            policy,
            "Lock-v0",
            episodes: 200,
            registry: _registry,
            cancellationToken: TestContext.Current.CancellationToken
        );

        Assert.True(played.MeanReturn > 0.9, $"{played.MeanReturn} of the locks were opened");
        Assert.Equal(
            ["actor.head.table", "critic.head.table"],
            new ParameterLayout(policy.ActingNetwork.Spec).Slots.Select(slot => slot.Name)
        );
        Assert.Equal(Outputs(policy, [1, 2, 0, 6]), Outputs(policy, [1, 2, 0.7f, 6]));
    }

    [Fact]
    public async Task StartingFrom_PolicyOfAnotherView_IsRefused()
    {
        TrainingResult earlier = await Train(Locks with { TotalSteps = 64 }, "earlier");
        TrainingSettings Later(params string[] view) =>
            Locks.StartingFrom(earlier.RunFolder) with
            {
                TotalSteps = 64,
                Network = Locks.Network with { View = view },
            };

        await Train(Later("shape", "colour"), "same"); // as the policy's, in another order
        var error = await Assert.ThrowsAsync<SettingsException>(() => Train(Later("colour", "number"), "other"));

        Assert.Contains("network.view is numbers 0, 1 there and numbers 0, 3 here", error.Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_folder.In("other")));
    }

    [Fact]
    public void TakeOver_SessionOfAnotherView_IsRefused()
    {
        TrainingSession Session(string view) =>
            TrainingSession.Create(SettingsSources.Load("CartPole-v1", "ppo", null, [$"network.view={view}"]));
        using TrainingSession session = Session("[0, 1]");
        using TrainingSession same = Session("[0-1]");
        using TrainingSession other = Session("[0, 2]");

        session.TakeOver(same, withOptimizer: false);
        var error = Assert.Throws<SettingsException>(() => session.TakeOver(other, withOptimizer: false));

        Assert.Contains("network.view is numbers 0, 2 there and numbers 0-1 here", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("acktr", "", "kfac keeps the curvature of products")]
    [InlineData("a2c", "a2c.optimizer=kfac", "kfac keeps the curvature of products")]
    [InlineData("acktr", "network.hidden_sizes=[8]", "kfac keeps the curvature of products")]
    [InlineData("vmpo", "vmpo.pop_art=true", "PopArt moves the bias of the value head")]
    [InlineData("a2c", "a2c.auxiliary.random_network_distillation={}", "random_network_distillation predicts features")]
    public void Load_WhatDoesNotGoWithATable_IsRefused(string agent, string assignment, string expected)
    {
        string[] assignments = assignment.Length == 0 ? [] : [assignment];

        var error = Assert.Throws<SettingsException>(() =>
            SettingsSources.Load("Taxi-v3", agent, null, ["network.encoder=table", .. assignments])
        );

        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task TrainAsync_PopArtOnATableWithUnits_StaysFinite()
    {
        TrainingSettings settings = SettingsSources.Load(
            "Taxi-v3",
            "vmpo",
            null,
            [
                "network.encoder=table",
                "network.hidden_sizes=[8]",
                "vmpo.pop_art=true",
                "total_steps=2048",
                "evaluation.final_episodes=1",
            ]
        );

        TrainingResult result = await Train(settings, "run");

        Assert.True(double.IsFinite(result.Evaluation!.MeanReturn));
    }

    [Fact]
    public async Task TrainAsync_DistillationOfPartOfAVector_PredictsWhatTheNetworkReads()
    {
        TrainingSettings settings = SettingsSources.Load(
            "CartPole-v1",
            "a2c",
            null,
            [
                "network.view=[0, 3]",
                "a2c.auxiliary.random_network_distillation={}",
                "total_steps=1600",
                "evaluation.final_episodes=1",
            ]
        );

        TrainingResult result = await Train(settings, "run");

        Assert.True(double.IsFinite(result.Evaluation!.MeanReturn));
    }

    [Fact]
    public void Bind_ViewOfAConfiguration_IsReadAsItWasWritten()
    {
        TrainingSettings settings = SettingsSources.Load("CartPole-v1", "ppo", null, ["network.view=[vector:2-5, 3, 'a: b']"]);

        TrainingSettings again = SettingsSources.Bind(
            StrictYaml.Parse(SettingsSources.Write(settings), "text"),
            "text",
            AgentRegistry.Default
        );

        Assert.Equal(["vector:2-5", "3", "a: b"], again.Network.View!);
        Assert.Equal(settings, again);
    }

    private static TrainingSettings Locks { get; } =
        new()
        {
            Environment = "Lock-v0",
            Seed = 3,
            TotalSteps = 60_000,
            Agent = new A2cSettings
            {
                Copies = 16,
                UnrollLength = 16,
                Optimizer = new SgdSettings { Momentum = 0 },
                LearningRate = 10,
                MaxGradientNorm = 0,
            },
            Network = new NetworkSettings { Encoder = EncoderKind.Table, View = ["colour", "shape"] },
            Evaluation = new EvaluationSettings { Episodes = 0, FinalEpisodes = 1 },
        };

    private Task<TrainingResult> Train(TrainingSettings settings, string run) =>
        Trainer.TrainAsync(
            settings,
            new TrainingOptions { OutputFolder = _folder.In(run), Registry = _registry },
            TestContext.Current.CancellationToken
        );

    // Parameters of the distribution and the value of a raw observation.
    private static float[] Outputs(SavedPolicy policy, float[] row)
    {
        var distribution = new float[policy.ActingNetwork.Spec.DistributionSize];
        var value = new float[1];
        policy.ActingNetwork.Evaluate(1, row, [true], [], distribution, value);
        return [.. distribution, .. value];
    }

    /// <summary>Each of 15 locks, a colour and a shape, opens to one of five keys; a real number and another integer say nothing.</summary>
    private struct Lock : IEnvironment
    {
        private int _key;

        public readonly Space ObservationSpace =>
            new Dict(
                KeyValuePair.Create<string, Space>("colour", new Discrete(3)),
                KeyValuePair.Create<string, Space>("shape", new Discrete(5)),
                KeyValuePair.Create<string, Space>("noise", new Box(0, 1, 1)),
                KeyValuePair.Create<string, Space>("number", new Discrete(7))
            );

        public readonly Space ActionSpace => new Discrete(5);

        public void Reset(Span<float> observation, ref Pcg64 random)
        {
            ObservationSpace.Sample(ref random, observation);
            _key = (int)(2 * observation[0] + 3 * observation[1]) % 5;
        }

        public StepResult Step(ReadOnlySpan<float> action, Span<float> observation, ref Pcg64 random)
        {
            float reward = action[0] == _key ? 1 : 0;
            ObservationSpace.Sample(ref random, observation);
            return new StepResult(reward, Terminated: true, Truncated: false);
        }
    }
}
