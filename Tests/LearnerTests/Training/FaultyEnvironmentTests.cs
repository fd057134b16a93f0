using Environments;
using Environments.Randomness;
using Environments.Spaces;
using Learners.Composition;
using Learners.Ppo;
using Learners.Training;
using Tests.EnvironmentTests.Checking;
using Xunit;

namespace Tests.LearnerTests.Training;

public sealed class FaultyEnvironmentTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(true, "the reward NaN in step 310")]
    [InlineData(false, "the observation Infinity in step 310")]
    public async Task TrainAsync_NumberThatIsNotFinite_StopsNamesItAndKeepsTheCheckpoint(bool reward, string expected)
    {
        var registry = new EnvironmentRegistry();
        registry.Register("Faulty-v0", () => new Faulty(reward), spec => spec with { MaxEpisodeSteps = 50 });
        var settings = new TrainingSettings
        {
            Environment = "Faulty-v0",
            TotalSteps = 10_000,
            Agent = new PpoSettings { Copies = 2, UnrollLength = 64 },
            Evaluation = new EvaluationSettings { Episodes = 0 },
            Checkpoints = new CheckpointSettings { EverySteps = 128 },
        };
        var options = new TrainingOptions { OutputFolder = _folder.In("run"), Registry = registry };

        EnvironmentFaultException exception = await Assert.ThrowsAsync<EnvironmentFaultException>(() =>
            Trainer.TrainAsync(settings, options)
        );

        Assert.Contains("Faulty-v0", exception.Message, StringComparison.Ordinal);
        Assert.Contains(expected, exception.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', exception.Message);
        Assert.Contains("000000000512", Directory.GetDirectories(_folder.In("run", "checkpoints")).Select(Path.GetFileName));
    }

    [Theory]
    [InlineData(0.9f)]
    [InlineData(300)]
    [InlineData(-1)]
    public async Task TrainAsync_NumberThatIsNoByte_StopsInsteadOfCastingIt(float impossible)
    {
        var registry = new EnvironmentRegistry();
        var space = new Box(0, 255, 3) { ElementType = ElementType.UInt8 };
        registry.Register("Showing-v0", () => new Showing(space, [0, 0, impossible], at: 20));
        var settings = new TrainingSettings
        {
            Environment = "Showing-v0",
            TotalSteps = 10_000,
            Agent = new PpoSettings { Copies = 1, UnrollLength = 8 },
        };
        var options = new TrainingOptions { OutputFolder = _folder.In("run"), Registry = registry };

        EnvironmentFaultException exception = await Assert.ThrowsAsync<EnvironmentFaultException>(() =>
            Trainer.TrainAsync(settings, options)
        );

        Assert.Contains(
            $"Showing-v0 gave the observation {impossible} in step 20 of copy 0, as element 2 of {space}, which takes a whole number from 0 to 255",
            exception.Message
        );
    }

    /// <summary>Breaks in its 310th step.</summary>
    private struct Faulty(bool reward) : IEnvironment
    {
        private int _steps;

        public readonly Space ObservationSpace => new Box(-1, 1, 1);

        public readonly Space ActionSpace => new Discrete(2);

        public readonly void Reset(Span<float> observation, ref Pcg64 random) => observation[0] = 0;

        public StepResult Step(ReadOnlySpan<float> action, Span<float> observation, ref Pcg64 random)
        {
            _steps++;
            observation[0] = _steps == 310 && !reward ? float.PositiveInfinity : 0.5f;
            return new StepResult(_steps == 310 && reward ? float.NaN : 1);
        }
    }
}
