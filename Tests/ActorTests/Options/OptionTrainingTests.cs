using Actors.Fleet;
using Agents.Policies;
using Agents.Yaml;
using Environments;
using Environments.Randomness;
using Environments.Spaces;
using Environments.Wrappers;
using Learners.A2c;
using Learners.ActorCritic;
using Learners.Composition;
using Learners.Configuration;
using Learners.Evaluation;
using Learners.Training;
using Tests.FleetTests;
using Xunit;

namespace Tests.ActorTests.Options;

/// <summary>Controllers over saved policies, from settings to evaluation.</summary>
public sealed class OptionTrainingTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly EnvironmentRegistry _registry = EnvironmentRegistry.Default.Copy();

    public OptionTrainingTests()
    {
        _registry.Register("Row-v0", () => new Row(), spec => spec with { MaxEpisodeSteps = 50 });
        SavedOptions.SaveConstant(_folder.In("skills", "left"), new Discrete(7), 2, 0);
        SavedOptions.SaveConstant(_folder.In("skills", "right"), new Discrete(7), 2, 1);
    }

    public void Dispose() => _folder.Dispose();

    /// <summary>From cell 3, two steps of right give 0 + 1, and the third one 2, where the episode ends in the middle of the option.</summary>
    [Fact]
    public async Task TrainAsync_TwoConstantPolicies_LearnsTheOneThatPaysAndEvaluatesWithThem()
    {
        TrainingResult result = await Train(Settings(), "run");

        using SavedPolicy policy = SavedPolicy.Load(result.PolicyFolder);
        Assert.Equal(new Discrete(2), policy.ActionSpace);
        Assert.Equal(_folder.In("skills"), policy.Info.Options!.Path);
        Assert.Equal(2, policy.Info.Options.WeightsSha256!.Length);
        EvaluationResult played = Evaluator.Evaluate(
            policy,
            episodes: 3,
            deterministic: true,
            registry: _registry,
            cancellationToken: TestContext.Current.CancellationToken
        );
        Assert.Equal(0 + 1 + 2, played.MeanReturn);
        Assert.Equal(2, played.MeanLength); // options
        Assert.Contains("horizon: 2", File.ReadAllText(Path.Combine(result.RunFolder, "config.yaml")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task ResumeAsync_WithOptions_EndsBitForBitAsIfItHadNeverStopped()
    {
        SavedOptions.SaveDrawn(_folder.In("skills", "drawn"), new Discrete(7), 2, 5, "lstm"); // which draws its actions
        TrainingSettings settings = Settings() with { Checkpoints = new CheckpointSettings { EverySteps = 320 } };
        TrainingResult whole = await Train(settings, "whole");
        await Train(settings with { TotalSteps = settings.TotalSteps / 2 }, "half");

        TrainingResult resumed = await Trainer.ResumeAsync(
            _folder.In("half"),
            [$"total_steps={settings.TotalSteps}"],
            new TrainingOptions { Registry = _registry },
            TestContext.Current.CancellationToken
        );

        Assert.Equal(whole.ParameterHash, resumed.ParameterHash);
    }

    [Fact]
    public async Task Evaluate_AnotherPolicyOrNone_IsOneClearError()
    {
        TrainingResult result = await Train(Settings() with { TotalSteps = 64 }, "run");
        SavedOptions.SaveConstant(_folder.In("skills", "left"), new Discrete(7), 2, 1);
        using SavedPolicy policy = SavedPolicy.Load(result.PolicyFolder);

        Assert.Contains("it is another one than was chosen among", Refusal(policy), StringComparison.Ordinal);
        Directory.Delete(_folder.In("skills", "left"), recursive: true);
        Assert.Contains("holds 1 policies, and 2 were chosen", Refusal(policy), StringComparison.Ordinal);
        Directory.Delete(_folder.In("skills"), recursive: true);
        Assert.Contains("holds no policies", Refusal(policy), StringComparison.Ordinal);
        SettingsException resumed = await Assert.ThrowsAsync<SettingsException>(() =>
            Trainer.ResumeAsync(
                result.RunFolder,
                ["total_steps=128"],
                new TrainingOptions { Registry = _registry },
                TestContext.Current.CancellationToken
            )
        );
        Assert.Contains("holds no policies", resumed.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("wrappers.options.path: no policies are named", "wrappers.options.horizon=3")]
    [InlineData("wrappers.options.horizon is 0, but must be between 1 and", "wrappers.options={ path: x, horizon: 0 }")]
    [InlineData("Did you mean 'wrappers.options.horizon'?", "wrappers.options={ path: x, horizons: 2 }")]
    public void Load_SettingsThatCannotBe_SaySo(string expected, string assignment) =>
        Assert.Contains(
            expected,
            Assert.Throws<SettingsException>(() => SettingsSources.Load("CartPole-v1", "ppo", null, [assignment])).Message,
            StringComparison.Ordinal
        );

    [Fact]
    public async Task LearnAsync_InAFleet_IsRefused()
    {
        using var run = new FleetRun(_folder);
        SettingsException refused = await Assert.ThrowsAsync<SettingsException>(() =>
            run.LearnAsync(FleetRun.Small with { Wrappers = Settings().Wrappers }, TestContext.Current.CancellationToken)
        );
        Assert.StartsWith("wrappers.options: actors of a fleet", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Parse_LearnerThatNamesFoldersOfTheActor_IsRefused()
    {
        string yaml = "agent: a2c\nenvironment: CartPole-v1\na2c: { unroll_length: 4 }\nwrappers: { options: { path: /etc } }\n";
        SettingsException refused = Assert.Throws<SettingsException>(() => ActorSettings.Parse(yaml));
        Assert.Contains("wrappers.options", refused.Message, StringComparison.Ordinal);
    }

    private string Refusal(SavedPolicy policy) =>
        Assert.Throws<SettingsException>(() => Evaluator.Evaluate(policy, episodes: 1, registry: _registry)).Message;

    private TrainingSettings Settings() =>
        new()
        {
            Environment = "Row-v0",
            TotalSteps = 4_096,
            Wrappers = new WrapperSettings
            {
                Options = new OptionSettings { Path = _folder.In("skills"), Horizon = 2 },
            },
            Agent = new A2cSettings
            {
                Copies = 4,
                UnrollLength = 8,
                LearningRate = 0.01f,
                LearningRateSchedule = ScheduleKind.Constant,
            },
            Evaluation = new EvaluationSettings { Episodes = 0, FinalEpisodes = 2 },
        };

    private Task<TrainingResult> Train(TrainingSettings settings, string name) =>
        Trainer.TrainAsync(
            settings,
            new TrainingOptions { OutputFolder = _folder.In(name), Registry = _registry },
            TestContext.Current.CancellationToken
        );

    /// <summary>Seven cells; begins in the middle, pays the number of the cell less 4, and ends at either end.</summary>
    private struct Row : IEnvironment
    {
        private int _cell;

        public readonly Space ObservationSpace => new Discrete(7);

        public readonly Space ActionSpace => new Discrete(2);

        public void Reset(Span<float> observation, ref Pcg64 random)
        {
            _cell = 3;
            observation[0] = _cell;
        }

        public StepResult Step(ReadOnlySpan<float> action, Span<float> observation, ref Pcg64 random)
        {
            _cell += action[0] == 0 ? -1 : 1;
            observation[0] = _cell;
            return new StepResult(_cell - 4, _cell is 0 or 6);
        }
    }
}
