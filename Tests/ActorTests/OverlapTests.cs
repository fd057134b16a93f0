using Actors;
using Agents.Networks;
using Agents.Policies;
using Agents.Policies.Acting;
using Environments;
using Environments.ClassicControl;
using Environments.Randomness;
using Environments.Wrappers;
using Learners.Composition;
using Learners.Ppo;
using Learners.Training;
using Protos;
using Tests.EnvironmentTests.Remote;
using Tests.Waits;
using Xunit;

namespace Tests.ActorTests;

/// <summary>Two halves of copies that Python steps, one of which is stepped while the policy acts for the other.</summary>
public sealed class OverlapTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("shm", "identity", 6, 1)]
    [InlineData("messages", "lstm", 5, 2)]
    public async Task TrainAsync_Overlap_DoesNotChangeTheParameters(string lane, string core, int copies, int minibatches)
    {
        TrainingSettings settings = new()
        {
            Environment = PythonCases.Id($"CartPole?lane={lane}"),
            TotalSteps = copies * 32 * 6,
            Agent = new PpoSettings
            {
                Copies = copies,
                UnrollLength = 32,
                Epochs = 2,
                Minibatches = core == "identity" ? minibatches : 1,
            },
            Network = new NetworkSettings
            {
                HiddenSizes = [32],
                Core = core,
                CoreSize = 16,
            },
            Wrappers = new WrapperSettings
            {
                StickyActions = 0.2,
                NoopMax = 3,
                FrameSkip = 2,
                PreviousActionReward = true,
                Skills = core == "identity" ? 0 : 3, // which do not go with a stack
                RewardClip = 1,
                FrameStack = core == "identity" ? 3 : 1,
            },
            Evaluation = new() { Episodes = 0, FinalEpisodes = 1 },
        };

        TrainingResult auto = await Train(settings, "auto");
        TrainingResult off = await Train(settings with { Overlap = OverlapMode.Off }, "off");

        Assert.Equal(off.ParameterHash, auto.ParameterHash);
        Assert.Equal(off.Updates, auto.Updates);
        Assert.Equal(Scores("off"), Scores("auto"));
    }

    [Fact]
    public async Task TrainAsync_EnvironmentThreadsWithPython_DoNotChangeTheParameters()
    {
        TrainingSettings settings = new()
        {
            Environment = PythonCases.Id("CartPole"),
            TotalSteps = 4 * 32 * 4,
            Overlap = OverlapMode.Off,
            Agent = new PpoSettings
            {
                Copies = 4,
                UnrollLength = 32,
                Epochs = 2,
                Minibatches = 2,
            },
            Evaluation = new() { Episodes = 0, FinalEpisodes = 1 },
        };

        TrainingResult one = await Train(settings, "one");
        TrainingResult two = await Train(settings with { EnvironmentThreads = 2 }, "two");
        TrainingResult both = await Train(settings with { EnvironmentThreads = 4, Overlap = OverlapMode.Auto }, "both");

        Assert.Equal(one.ParameterHash, two.ParameterHash);
        Assert.Equal(one.ParameterHash, both.ParameterHash);
        Assert.Equal(Scores("one"), Scores("two"));
    }

    [Fact]
    public async Task TrainAsync_TruncatedEpisodesInPython_AreLearnedFromLikeNativeOnes()
    {
        var registry = new EnvironmentRegistry();
        var inner = new EnvironmentRegistry();
        inner.Register("Brief-v0", () => new CartPole(), spec => spec with { MaxEpisodeSteps = 20 });
        registry.Register(inner.Find("Brief-v0"), (count, limit) => new SeededLikePython(inner.Make("Brief-v0", count, limit)));
        TrainingSettings settings = new()
        {
            Environment = "Brief-v0",
            TotalSteps = 4 * 64 * 8,
            Agent = new PpoSettings
            {
                Copies = 4,
                UnrollLength = 64,
                Epochs = 2,
                Minibatches = 2,
            },
            Evaluation = new() { Episodes = 0, FinalEpisodes = 1 },
        };

        TrainingResult native = await Trainer.TrainAsync(
            settings with
            {
                RecordEpisodes = true,
            },
            new TrainingOptions { OutputFolder = _folder.In("native"), Registry = registry },
            TestContext.Current.CancellationToken
        );
        TrainingResult python = await Train(settings with { Environment = PythonCases.Id("BriefCartPole") }, "python");

        Assert.Equal(Scores("native"), Scores("python"));
        Assert.True(Scores("native").Split('\n').Count(row => row.EndsWith(",20", StringComparison.Ordinal)) > 30);
        Assert.Equal(native.ParameterHash, python.ParameterHash);
    }

    [Theory]
    [InlineData("CartPole", 5, false, 2)]
    [InlineData("CartPole", 1, false, 1)] // nothing to halve
    [InlineData("CartPole", 4, true, 2)] // observations are normalised by statistics that stay fixed meanwhile
    [InlineData("CartPole?lane=inprocess", 4, false, 1)] // one interpreter, one lock
    [InlineData("", 4, false, 1)] // native: stepping is faster than handing over
    public void ForTraining_Auto_HalvesOnlyWhatCanBeSteppedMeanwhile(string name, int copies, bool normalize, int expected)
    {
        string id = name.Length == 0 ? "CartPole-v1" : PythonCases.Id(name);
        using EnvironmentParts parts = Parts(EnvironmentRegistry.Default, id, copies, OverlapMode.Auto, normalize);
        using EnvironmentParts off = Parts(EnvironmentRegistry.Default, id, copies, OverlapMode.Off, normalize);

        Assert.Equal(expected, parts.Parts.Length);
        Assert.Equal(1, off.Parts.Length);
        Assert.Equal(copies, parts.Count);
    }

    [Fact]
    public void Record_TwoHalves_AreBothInFlightWhileNeitherIsWaitedFor()
    {
        using var meeting = new Barrier(2);
        using Session session = Record(count => new MeetingCartPole(count, meeting), copies: 4);

        session.Record(); // each half's step ends when the other half's has begun

        Assert.All(session.Unroll.Rewards, reward => Assert.Equal(1, reward));
        Assert.Equal(session.Unroll.Steps, session.Recorder.Steps);
    }

    [Fact]
    public void Record_OneHalfFails_ThrowsItAndCanBeDisposedWhileTheOtherIsStepping()
    {
        using Session session = Record(
            count => PythonCases.Make(count == 3 ? "Raises?at=7" : "CartPole", count), // the first half is the larger one
            copies: 5
        );

        EnvironmentFaultException fault = Assert.Throws<EnvironmentFaultException>(session.Record);

        Assert.Contains("the pole is on fire in step 7", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Record_ServerOfOneHalfDies_TruncatesItsEpisodesAndNoOthers()
    {
        string once = Path.Combine(_folder.Path, "once");
        using Session session = Record(
            count => PythonCases.Make(count == 3 ? $"Dies?at=4&once={once}" : "CartPole", count),
            copies: 5
        );

        session.Record();

        Unroll unroll = session.Unroll;
        Assert.Equal([true, true, true, false, false], unroll.Truncated.AsSpan(3 * 5, 5));
        Assert.Equal(3, unroll.Truncated.Count(truncated => truncated));
        Assert.Equal([true, true, true, false, false], unroll.EpisodeStarts.AsSpan(4 * 5, 5));
        Assert.Equal([0f, 0f, 0f, 1f, 1f], unroll.Rewards.AsSpan(3 * 5, 5));
    }

    private string Scores(string name) => string.Join('\n', File.ReadLines(Path.Combine(_folder.Path, name, "episodes.csv")));

    private async Task<TrainingResult> Train(TrainingSettings settings, string name) =>
        await Trainer.TrainAsync(
            settings with
            {
                RecordEpisodes = true,
            },
            new TrainingOptions { OutputFolder = _folder.In(name) },
            TestContext.Current.CancellationToken
        );

    private static EnvironmentParts Parts(
        EnvironmentRegistry registry,
        string id,
        int copies,
        OverlapMode overlap,
        bool normalize
    ) =>
        EnvironmentParts.ForTraining(
            registry,
            id,
            copies,
            threads: 1,
            overlap,
            new WrapperSettings { NormalizeObservations = normalize },
            0.99f
        );

    private static Session Record(Func<int, IBatchedEnvironment> make, int copies)
    {
        var registry = new EnvironmentRegistry();
        EnvironmentSpec spec = EnvironmentRegistry.Default.Find("CartPole-v1");
        registry.Register(spec with { Id = "Halves-v0", StepsElsewhere = true }, (count, _) => make(count));
        return new Session(Parts(registry, "Halves-v0", copies, OverlapMode.Auto, normalize: false));
    }

    private sealed class Session : IDisposable
    {
        private readonly NetworkPolicy _policy;

        public Session(EnvironmentParts environments)
        {
            Assert.Equal(2, environments.Parts.Length);
            NetworkSpec spec = environments.NetworkFor(new NetworkSettings { HiddenSizes = [8] });
            _policy = new NetworkPolicy(spec, ActingPolicies.Sample);
            Recorder = new UnrollRecorder(environments, _policy, 1, new Pcg64(2));
            Unroll = new Unroll(environments.ShapeFor(spec, steps: 8));
        }

        public UnrollRecorder Recorder { get; }

        public Unroll Unroll { get; }

        public void Record() => Recorder.Record(Unroll);

        public void Dispose()
        {
            Recorder.Dispose();
            _policy.Dispose();
        }
    }

    /// <summary>Native copies with the seeds that copies in Python get: the lowest 31 bits.</summary>
    private sealed class SeededLikePython(IBatchedEnvironment inner) : BatchedEnvironmentWrapper(inner)
    {
        public override void Reset(ulong seed) => base.Reset(seed & int.MaxValue);
    }

    /// <summary>CartPoles whose step ends when the other half's has begun.</summary>
    private sealed class MeetingCartPole(int count, Barrier meeting)
        : BatchedEnvironmentWrapper(EnvironmentRegistry.Default.Make("CartPole-v1", count))
    {
        public override void Step(ReadOnlySpan<float> actions)
        {
            Assert.True(meeting.SignalAndWait(Deadline.Patience), "The other half was not stepped meanwhile.");
            base.Step(actions);
        }
    }
}
