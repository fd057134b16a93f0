using System.Globalization;
using Agents.Policies;
using Environments;
using Environments.Randomness;
using Environments.Spaces;
using Learners.Composition;
using Learners.Ppo;
using Learners.Training;
using Learners.Vmpo;
using Xunit;

namespace Tests.LearnerTests.Vmpo;

/// <summary>Returns that are large beside their differences, and returns that do not differ at all.</summary>
public sealed class LargeReturnsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly EnvironmentRegistry _registry = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(1_000f, 10f)]
    [InlineData(1e6f, 100f)]
    public async Task TrainAsync_PopArtAndReturnsFarFromZero_LearnsTheBetterActionAndItsValue(float offset, float gain)
    {
        _registry.Register("Offset-v0", () => new OneStep(offset, gain));
        var settings = new TrainingSettings
        {
            Environment = "Offset-v0",
            TotalSteps = 60_416,
            Agent = new VmpoSettings { PopArt = true },
            Evaluation = new EvaluationSettings { Episodes = 0, FinalEpisodes = 20 },
        };

        TrainingResult result = await TrainAsync(settings);

        using SavedPolicy policy = SavedPolicy.Load(result.PolicyFolder);
        PolicySession session = policy.CreateSession();
        Assert.Equal(1, session.Act([0])[0]);
        Assert.InRange(session.Output.Values[0], offset + 0.8f * gain, offset + 1.2f * gain);
    }

    [Fact]
    public async Task TrainAsync_EveryRewardTheSameAndNoDiscount_ReportsNoExplainedVariance()
    {
        _registry.Register("Constant-v0", () => new OneStep(0.1f, 0));
        var settings = new TrainingSettings
        {
            Environment = "Constant-v0",
            TotalSteps = 4_096,
            Agent = new PpoSettings { DiscountFactor = 0 },
            Evaluation = new EvaluationSettings { Episodes = 0, FinalEpisodes = 1 },
        };

        await TrainAsync(settings);

        string[] rows = await File.ReadAllLinesAsync(_folder.In("run", "metrics.csv"), TestContext.Current.CancellationToken);
        int column = Array.IndexOf(rows[0].Split(','), "losses/explained_variance");
        Assert.All(
            rows[1..],
            row =>
            {
                string cell = row.Split(',')[column];
                Assert.True(cell.Length == 0 || double.IsNaN(double.Parse(cell, CultureInfo.InvariantCulture)), cell);
            }
        );
    }

    private Task<TrainingResult> TrainAsync(TrainingSettings settings) =>
        Trainer.TrainAsync(
            settings,
            new TrainingOptions { OutputFolder = _folder.In("run"), Registry = _registry },
            TestContext.Current.CancellationToken
        );

    // One step an episode: reward = offset + gain × action.
    private struct OneStep(float offset, float gain) : IEnvironment
    {
        public readonly Space ObservationSpace => new Box(-1, 1, 1);

        public readonly Space ActionSpace => new Discrete(2);

        public readonly void Reset(Span<float> observation, ref Pcg64 random) => observation[0] = 0;

        public readonly StepResult Step(ReadOnlySpan<float> action, Span<float> observation, ref Pcg64 random)
        {
            observation[0] = 0;
            return new StepResult(offset + gain * action[0], Terminated: true);
        }
    }
}
