using Agents.Networks;
using Agents.Policies;
using Environments;
using Environments.Randomness;
using Environments.Spaces;
using Learners.Auxiliary;
using Learners.Models;
using Learners.Skills;
using Xunit;

namespace Tests.LearnerTests.Skills;

/// <summary>What is kept of a skill and of exploration after it.</summary>
public sealed class SkillSamplerTests
{
    private const int End = 6; // an episode ends when its counter says this

    private readonly EnvironmentRegistry _registry = EnvironmentRegistry.Default.Copy();

    public SkillSamplerTests() => _registry.Register("Own/Counter-v0", () => new Counter());

    private static SampleSettings Settings { get; } =
        new()
        {
            Copies = 3,
            SkillSteps = 4,
            ExplorationSteps = 5,
            Resolution = 0.01f,
        };

    /// <summary>The counter is 4 after the skill; exploration sees 5 and 6, which ends the episode, and whatever comes then counts no more.</summary>
    [Fact]
    public void Play_ExplorationWithAnEnd_GivesPositivesUpToItAndWithIt()
    {
        SkillSamples samples = Play(Settings);

        Assert.Equal([5, 5, 5, 6, 6, 6], samples.Positives);
        Assert.Equal([0, 0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 3, 4, 4, 4], samples.Negatives);
        Assert.Equal([4, 4, 4], samples.Ends);
        Assert.Equal([4, 4, 4], samples.TaskRewards);
        Assert.Equal(7, samples.Visits.Keys);
        Assert.Equal(21, samples.Visits.Total);
    }

    /// <summary>After 8 steps of the skill one episode has ended and another is at 2.</summary>
    [Fact]
    public void Play_AnEndWhileTheSkillActs_CountsTheFirstEpisodeAloneAndMayBeRequiredNotToBe()
    {
        SampleSettings longer = Settings with { SkillSteps = 8 };
        SkillSamples samples = Play(longer);

        Assert.Equal([2, 2, 2], samples.Ends);
        Assert.Equal([6, 6, 6], samples.TaskRewards);
        Assert.Equal([6, 6, 6], samples.Negatives[18..21]); // the observation that the episode closed with
        Assert.Equal([3, 3, 3, 4, 4, 4, 5, 5, 5, 6, 6, 6], samples.Positives);
        Assert.Empty(Play(longer with { RequireAlive = true }).Positives);
    }

    /// <summary>An untrained table pays 0, and a network that pays 1 everywhere pays each of the four steps.</summary>
    [Fact]
    public void Play_RequiredReward_LetsOnlySkillsThatWereCarriedOutGivePositives()
    {
        Assert.NotEmpty(Play(Settings with { RequireReward = -0.5f }, pays: 0).Positives);
        Assert.Empty(Play(Settings with { RequireReward = 0.5f }, pays: 0).Positives);
        Assert.NotEmpty(Play(Settings with { RequireReward = 3.5f }, pays: 1).Positives);
        Assert.Empty(Play(Settings with { RequireReward = 4.5f }, pays: 1).Positives);
        Assert.All(Play(Settings, pays: 3).Rewards, sum => Assert.Equal(4, sum, 1e-5)); // no step is paid more than c, which is 1
    }

    [Fact]
    public void Play_SharesRepetitionsAndTracks_AreCounted()
    {
        SkillSamples samples = Play(
            Settings with
            {
                NegativeShare = 0.4f,
                Repetitions = 2,
                Tracks = [new TrackSettings { Name = "sum", Factor = 0.5f }],
            }
        );

        Assert.Equal([0, 1, 2, 3, 4, 0, 1, 2, 3, 4], samples.Negatives); // one copy of three
        Assert.Equal(6, samples.Ends.Length);
        Assert.Equal(5, samples.TrackMeans([new TrackSettings { Name = "sum" }])["sum"]); // (1 + 2 + 3 + 4) / 2
    }

    private SkillSamples Play(SampleSettings settings, float pays = 0)
    {
        var space = new Box(0, End, 1);
        NetworkSpec reward = RewardNetwork.SpecOf(space, new NetworkSettings { HiddenSizes = [] });
        var layout = new ParameterLayout(reward);
        var parameters = new float[layout.Count];
        layout.Slots.First(slot => slot.Name.EndsWith(".bias", StringComparison.Ordinal)).In(parameters.AsSpan()).Fill(pays);
        using var network = new RewardNetwork(new SavedNetwork(RewardNetwork.Task, reward, parameters, 0, 1));
        var spec = new NetworkSpec(space, new Discrete(2), new NetworkSettings());
        using var policy = new SavedPolicy(
            new PolicyInfo { Agent = "ppo", Environment = "Own/Counter-v0" },
            spec,
            new float[new ParameterLayout(spec).Count],
            null
        );
        return new SkillSampler(settings, new RewardTrainingSettings(), null).Play(
            policy,
            network,
            _registry,
            new SeedSequence(1),
            TestContext.Current.CancellationToken
        );
    }

    /// <summary>Counts its steps, pays 1 for each, and ends at 6, whatever is done.</summary>
    private struct Counter : IEnvironment
    {
        private int _count;

        public readonly Space ObservationSpace => new Box(0, End, 1);

        public readonly Space ActionSpace => new Discrete(2);

        public void Reset(Span<float> observation, ref Pcg64 random) => observation[0] = _count = 0;

        public StepResult Step(ReadOnlySpan<float> action, Span<float> observation, ref Pcg64 random)
        {
            observation[0] = ++_count;
            return new StepResult(1, _count == End, false);
        }
    }
}
