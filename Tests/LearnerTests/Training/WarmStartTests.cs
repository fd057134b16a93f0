using Agents.Networks;
using Agents.Policies;
using Agents.Programs;
using Agents.Yaml;
using Chaos.Fuzzing;
using Environments;
using Environments.Randomness;
using Environments.Spaces;
using Environments.Wrappers;
using Learners.Composition;
using Learners.Configuration;
using Learners.Ppo;
using Learners.Training;
using Learners.Vmpo;
using Tests.FleetTests;
using Xunit;

namespace Tests.LearnerTests.Training;

/// <summary>A run that begins with a saved policy, in one process and in a fleet.</summary>
public sealed class WarmStartTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly EnvironmentRegistry _registry = EnvironmentRegistry.Default.Copy();
    private readonly List<string> _warnings = [];

    public WarmStartTests()
    {
        Space observations = EnvironmentRegistry.Default.Find("CartPole-v1").ObservationSpace;
        _registry.Register("Three-v0", () => new DrawnEnvironment(observations, new Discrete(3)));
        _registry.Register("Two-v0", () => new DrawnEnvironment(observations, new Box(-1, 1, 2)));
        _registry.Register("Wide-v0", () => new DrawnEnvironment(new Box(-1, 1, 6), new Discrete(2)));
    }

    private static TrainingSettings Small { get; } =
        new()
        {
            Environment = "CartPole-v1",
            Seed = 9,
            TotalSteps = 4 * 256,
            Agent = new PpoSettings
            {
                Copies = 8,
                UnrollLength = 32,
                Epochs = 1,
                Minibatches = 2,
            },
            Network = new NetworkSettings { HiddenSizes = [16, 8] },
            Wrappers = new WrapperSettings { NormalizeObservations = true },
            Evaluation = new EvaluationSettings { Episodes = 0, FinalEpisodes = 1 },
            Checkpoints = new CheckpointSettings { Keep = 100 },
        };

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task TrainAsync_PolicyOfARun_BeginsWithItsWeightsStatisticsAndNetwork()
    {
        TrainingResult earlier = await Train(Small, "earlier");
        using var policy = SavedPolicy.Load(earlier.PolicyFolder);

        TrainingResult result = await Train(
            (Small with { Seed = 4, Network = new(), Wrappers = new() }).StartingFrom(earlier.RunFolder),
            "later"
        );

        using SavedPolicy first = Begun("later");
        Assert.Equal(policy.ParameterHash, first.ParameterHash);
        Assert.Equal(policy.Network, first.Network);
        // What acts first is what the policy had.
        Assert.Equal(policy.Statistics!.Mean.ToArray(), first.Statistics!.Mean.ToArray());
        Assert.Equal(policy.Statistics.Variance.ToArray(), first.Statistics.Variance.ToArray());
        Assert.NotEqual(policy.ParameterHash, result.ParameterHash);
        Assert.Equal(0, first.Info.ParameterVersion);
        Assert.Empty(_warnings);
    }

    [Fact]
    public async Task TrainAsync_PolicyOfAnotherLength_CountsItsStatisticsByItsSteps()
    {
        TrainingResult earlier = await Train(Small with { TotalSteps = 20 * 256 }, "earlier");
        using var policy = SavedPolicy.Load(earlier.PolicyFolder);

        await Train((Small with { Seed = 4 }).StartingFrom(earlier.RunFolder), "later");

        using var later = SavedPolicy.Load(_folder.In("later", "policy"));
        var alone = new RunningStatistics(4);
        alone.ContinueFrom(policy.Statistics!, 20 * 256);
        Assert.Equal(20 * 256 + RunningStatistics.InitialCount, alone.Count);
        // A fifth as many rows of young episodes came to it, whose carts hardly left the middle.
        Assert.InRange(later.Statistics!.Variance[0] / policy.Statistics!.Variance[0], 0.5, 2);
    }

    [Theory]
    [InlineData("Three-v0", "policy: actions of Discrete(2) there, of Discrete(3) here")]
    [InlineData("Two-v0", "policy: actions of Discrete(2) there, of Box")]
    public async Task TrainAsync_OtherActions_NamesTheHeadAndDrawsItAfreshWhereThatIsAsked(string environment, string named)
    {
        TrainingResult earlier = await Train(Small, "earlier");
        TrainingSettings other = Small with { Environment = environment, Seed = 4, TotalSteps = 256 };

        var error = await Assert.ThrowsAsync<SettingsException>(() => Train(other.StartingFrom(earlier.RunFolder), "refused"));
        Assert.Contains(named, error.Message, StringComparison.Ordinal);
        Assert.Contains("--redraw-heads", error.Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_folder.In("refused")));

        await Train(other.StartingFrom(earlier.RunFolder, redrawHeads: true), "later");
        await Train(other, "fresh");

        using var policy = SavedPolicy.Load(earlier.PolicyFolder);
        using SavedPolicy later = Begun("later");
        using SavedPolicy fresh = Begun("fresh");
        var layout = new ParameterLayout(later.ActingNetwork.Spec);
        foreach (ParameterSlot slot in layout.Slots)
        {
            bool redrawn = slot.Name.StartsWith("actor.head.", StringComparison.Ordinal) || slot.Name == ParameterLayout.LogStd;
            SavedPolicy like = redrawn ? fresh : policy;
            ParameterSlot its = new ParameterLayout(like.ActingNetwork.Spec)[slot.Name];
            Assert.Equal(its.In(like.Parameters).ToArray(), slot.In(later.Parameters).ToArray());
        }
        Assert.Contains(_warnings, line => line.Contains("drawn afresh", StringComparison.Ordinal) && line.EndsWith(": policy."));
    }

    [Fact]
    public async Task TrainAsync_HeadThatIsMissing_IsNamed()
    {
        TrainingResult earlier = await Train(Small, "earlier");
        TrainingSettings other = (Small with { Network = new() { Heads = [new() { Name = "extra", Size = 3 }] } }).StartingFrom(
            earlier.RunFolder
        );

        var error = await Assert.ThrowsAsync<SettingsException>(() => Train(other, "later"));

        Assert.Contains("extra: the policy has none", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task TrainAsync_AnotherNetwork_NamesEachParameterWithBothShapes()
    {
        TrainingResult earlier = await Train(Small, "earlier");
        TrainingSettings other = Small.StartingFrom(earlier.RunFolder) with { Network = new() { HiddenSizes = [16, 4, 2] } };

        var error = await Assert.ThrowsAsync<SettingsException>(() => Train(other, "later"));

        foreach (string trunk in (string[])["actor", "critic"])
        {
            Assert.Contains(
                $"{trunk}.encoder.1.weight is [8, 16] there and [4, 16] here",
                error.Message,
                StringComparison.Ordinal
            );
            Assert.Contains($"{trunk}.encoder.2.bias is missing there and [2] here", error.Message, StringComparison.Ordinal);
        }
        Assert.DoesNotContain("encoder.0", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task TrainAsync_OtherObservations_NamesBothSpaces()
    {
        TrainingResult earlier = await Train(Small, "earlier");
        TrainingSettings other = (Small with { Environment = "Wide-v0" }).StartingFrom(earlier.RunFolder);

        var error = await Assert.ThrowsAsync<SettingsException>(() => Train(other, "later"));

        using var policy = SavedPolicy.Load(earlier.PolicyFolder);
        Assert.Contains($"{policy.ObservationSpace}", error.Message, StringComparison.Ordinal);
        Assert.Contains($"{new Box(-1, 1, 6)}", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task TrainAsync_OtherLayers_AreToldButTaken()
    {
        TrainingResult earlier = await Train(Small, "earlier");
        TrainingSettings other = Small.StartingFrom(earlier.RunFolder) with { Wrappers = new() { ObservationScale = 2 } };

        await Train(other, "later");

        Assert.Contains(_warnings, line => line.Contains("this run scales by 2", StringComparison.Ordinal));
        Assert.Contains(_warnings, line => line.Contains("this run does not normalise them", StringComparison.Ordinal));
    }

    [Fact]
    public async Task ResumeAsync_WithoutThePolicy_EndsAsIfItHadNeverStopped()
    {
        TrainingResult earlier = await Train(Small, "earlier");
        TrainingSettings settings = (Small with { Seed = 4 }).StartingFrom(earlier.RunFolder);
        TrainingResult straight = await Train(settings, "straight");
        using var cancellation = new CancellationTokenSource();
        TrainingResult half = await Trainer.TrainAsync(
            settings,
            new TrainingOptions { OutputFolder = _folder.In("halves"), Progress = new StopAt(512, cancellation) },
            cancellation.Token
        );
        Assert.True(half.Interrupted);
        Directory.Delete(earlier.RunFolder, recursive: true);

        TrainingResult resumed = await Trainer.ResumeAsync(
            _folder.In("halves"),
            cancellationToken: TestContext.Current.CancellationToken
        );

        Assert.Equal(straight.ParameterHash, resumed.ParameterHash);
    }

    [Fact]
    public async Task TrainAsync_PolicyThatWasSavedAgain_IsNotTheOneOfTheConfiguration()
    {
        TrainingResult earlier = await Train(Small, "earlier");
        await Train((Small with { Seed = 4 }).StartingFrom(earlier.RunFolder), "later");
        TrainingSettings again = SettingsSources.Load(null, null, _folder.In("later", "config.yaml"), []);
        Assert.Equal(64, again.InitialPolicy!.WeightsSha256!.Length);

        await Train(again, "again");
        TrainingResult other = await Train(Small with { Seed = 3 }, "other");
        Directory.Delete(earlier.PolicyFolder, recursive: true);
        Directory.Move(other.PolicyFolder, earlier.PolicyFolder);

        var error = await Assert.ThrowsAsync<SettingsException>(() => Train(again, "changed"));
        Assert.Contains("saved again", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Load_PolicyAndKeys_TakesThePolicysWhereNobodySaysOtherwise()
    {
        TrainingResult earlier = await Train(
            Small with
            {
                Network = new NetworkSettings { Core = "ln_lstm", CoreSize = 8 },
                Agent = new PpoSettings { Copies = 8, UnrollLength = 32 },
            },
            "earlier"
        );
        string[] start = [$"initial_policy.path='{earlier.RunFolder}'"];

        TrainingSettings taken = SettingsSources.Load("CartPole-v1", "ppo", null, start);
        Assert.Equal(("ln_lstm", 8), (taken.Network.Core, taken.Network.CoreSize));
        Assert.True(taken.Wrappers.NormalizeObservations);
        Assert.Equal(earlier.RunFolder, taken.InitialPolicy!.Path);

        TrainingSettings changed = SettingsSources.Load(
            "CartPole-v1",
            "ppo",
            null,
            [.. start, "network.core=gru", "wrappers.normalize_observations=false", "initial_policy.redraw_heads=true"]
        );
        Assert.Equal(("gru", 8), (changed.Network.Core, changed.Network.CoreSize));
        Assert.False(changed.Wrappers.NormalizeObservations);
        Assert.True(changed.InitialPolicy!.RedrawHeads);
    }

    [Theory]
    [InlineData("nowhere", "There is no folder")]
    [InlineData("", "no policy is named")]
    public async Task TrainAsync_NoPolicy_SaysSo(string path, string part)
    {
        Exception? error = await Record.ExceptionAsync(() =>
            Train(Small with { InitialPolicy = new InitialPolicySettings { Path = path } }, "later")
        );

        Assert.True(error is SettingsException or PolicyFormatException, $"{error}");
        Assert.Contains(part, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task TrainAsync_RunningUnitsOfReturns_KeepThePolicysValuesInTheFirstBatch()
    {
        VmpoSettings agent = new()
        {
            Copies = 8,
            UnrollLength = 32,
            TargetPeriod = 1,
            PopArt = true,
            LearningRate = 1e-12f, // nothing but the change of units moves the head
        };
        TrainingSettings settings = Small with { Agent = agent, Wrappers = new(), TotalSteps = 10 * 256 };
        TrainingResult earlier = await Train(settings with { Agent = agent with { LearningRate = 1e-2f } }, "earlier");

        await Train((settings with { Seed = 4 }).StartingFrom(earlier.RunFolder), "later");

        using var before = SavedPolicy.Load(earlier.PolicyFolder);
        using var after = SavedPolicy.Load(_folder.In("later", "policy"));
        Assert.InRange(Math.Abs(Value(before)), 0.5, 1_000);
        Assert.Equal(Value(before), Value(after), 1e-3);
    }

    [Fact]
    public async Task TrainAsync_Fleet_BeginsWithTheSameParameters()
    {
        TrainingResult earlier = await Train(Small with { Network = FleetRun.Small.Network }, "earlier");
        using var policy = SavedPolicy.Load(earlier.PolicyFolder);
        using var fleet = new FleetRun(_folder);

        await fleet.RunAsync(
            (
                FleetRun.Small with
                {
                    TotalSteps = 64,
                    Checkpoints = new() { Keep = 100 },
                }
            ).StartingFrom(earlier.RunFolder)
        );

        using SavedPolicy first = Begun("run");
        Assert.Equal(policy.ParameterHash, first.ParameterHash);
        Assert.Equal(policy.Statistics!.Mean.ToArray(), first.Statistics!.Mean.ToArray());
    }

    private static float Value(SavedPolicy policy)
    {
        PolicyOutput output = policy.CreateOutput(1);
        var random = new Pcg64(1);
        policy.Act([0.1f, 0.2f, 0.03f, -0.1f], [true], new float[policy.CoreStateSize], policy.Acting, ref random, output);
        return output.Values[0];
    }

    private SavedPolicy Begun(string run) => SavedPolicy.Load(_folder.In(run, "checkpoints", "000000000000", "policy"));

    private Task<TrainingResult> Train(TrainingSettings settings, string run) =>
        Trainer.TrainAsync(
            settings,
            new TrainingOptions
            {
                OutputFolder = _folder.In(run),
                Registry = _registry,
                Warn = line =>
                {
                    if (!line.Contains("cannot be saved", StringComparison.Ordinal))
                    {
                        _warnings.Add(line);
                    }
                },
            },
            TestContext.Current.CancellationToken
        );
}
