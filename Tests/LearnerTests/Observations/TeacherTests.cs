using Agents.Distributions;
using Agents.Policies;
using Environments.Randomness;
using Environments.Wrappers;
using Learners.Composition;
using Learners.Ppo;
using Learners.Sources;
using Learners.Training;
using Protos;
using Xunit;

namespace Tests.LearnerTests.Observations;

/// <summary>A saved policy reads raw unrolls through its own statistics, whoever recorded them.</summary>
public sealed class TeacherTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("identity", 1f)]
    [InlineData("lstm", 0.5f)]
    public async Task Evaluate_UnrollsOfAStudent_SaysWhatItWouldSayWhenActing(string core, float scale)
    {
        using SavedPolicy teacher = await Train(core, scale);
        // The student normalises by other statistics, which its unrolls do not show.
        TrainingSettings student = Settings("identity", 1);
        using IUnrollSource source = new TrainingOptions().Step(student, new SeedSequence(9));
        var state = new float[student.Agent.Copies * teacher.CoreStateSize];
        var actingState = new float[state.Length];
        PolicyOutput output = teacher.CreateOutput(student.Agent.Copies);
        var random = new Pcg64(1);
        using var forgetful = new SavedPolicy(teacher.Info, teacher.ActingNetwork.Spec, teacher.Parameters, null);
        bool differs = false;
        for (int version = 0; version < 3; version++)
        {
            source.Publish(RawObservationTests.Parameters(source.Spec, 4), version);
            Unroll unroll = await source.NextAsync(TestContext.Current.CancellationToken);
            int rows = unroll.Rewards.Length;
            var distributions = new float[rows * teacher.DistributionSize];
            var values = new float[rows];
            var without = new float[distributions.Length];
            forgetful.Evaluate(unroll, state.ToArray(), without, []);

            teacher.Evaluate(unroll, state, distributions, values);

            differs |= !without.AsSpan().SequenceEqual(distributions);
            float[] raw = unroll.Observations.Read(unroll.EpisodeStarts);
            int perStep = unroll.Copies * 3;
            for (int t = 0; t < unroll.Steps; t++)
            {
                ReadOnlySpan<bool> starts = unroll.EpisodeStarts.AsSpan(t * unroll.Copies, unroll.Copies);
                teacher.Act(raw.AsSpan(t * perStep, perStep), starts, actingState, teacher.Acting, ref random, output);
                int row = t * unroll.Copies;
                Assert.Equal(output.Values.ToArray(), values.AsSpan(row, unroll.Copies).ToArray());
                Assert.Equal(
                    output.Distributions.ToArray(),
                    distributions.AsSpan(row * teacher.DistributionSize, output.Distributions.Length).ToArray()
                );
            }
            Assert.Equal(actingState, state);
        }
        Assert.True(differs, "the statistics made no difference");
    }

    [Fact]
    public async Task Evaluate_UnrollThatItsOwnRunActedIn_GivesTheRecordedLogProbs()
    {
        TrainingSettings settings = Settings("lstm", 1);
        using IUnrollSource source = new TrainingOptions().Step(settings, new SeedSequence(9));
        float[] parameters = RawObservationTests.Parameters(source.Spec, 4);
        for (int version = 0; version < 3; version++)
        {
            source.Publish(parameters, version);
            RunningStatistics published = source.ObservationStatistics!;
            Unroll unroll = await source.NextAsync(TestContext.Current.CancellationToken);
            // What is saved at a publication is what acts until the next one.
            using var saved = new SavedPolicy(
                new PolicyInfo { Agent = "ppo", Environment = "Pendulum-v1" },
                source.Spec,
                parameters,
                published
            );
            saved.Save(_folder.In($"policy{version}"));
            using SavedPolicy loaded = SavedPolicy.Load(_folder.In($"policy{version}"));
            var distributions = new float[unroll.Rewards.Length * loaded.DistributionSize];

            loaded.Evaluate(unroll, [.. unroll.InitialCoreState], distributions, []);

            var logProbs = new float[unroll.Rewards.Length];
            ActionDistribution.For(source.Spec.ActionSpace).LogProbs(distributions, unroll.Actions, logProbs);
            Assert.Equal(unroll.BehaviourLogProbs, logProbs);
        }
    }

    [Fact]
    public async Task Evaluate_UnrollThatItCannotRead_SaysWhy()
    {
        using SavedPolicy teacher = await Train("identity", 1);
        var other = new Unroll(new UnrollShape(2, 1, new ObservationFormat(4), 1, 0));
        var former = new Unroll(new UnrollShape(2, 1, new ObservationFormat(3), 1, 0));
        former.Header = former.Header with { HasRawObservations = false };
        var distributions = new float[2 * teacher.DistributionSize];

        Assert.Contains(
            "reads 3 numbers",
            Assert.Throws<ArgumentException>(() => teacher.Evaluate(other, [], distributions, [])).Message,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "its own run has scaled or normalised",
            Assert.Throws<ArgumentException>(() => teacher.Evaluate(former, [], distributions, [])).Message,
            StringComparison.Ordinal
        );
    }

    private async Task<SavedPolicy> Train(string core, float scale)
    {
        TrainingResult result = await Trainer.TrainAsync(
            Settings(core, scale),
            new TrainingOptions { OutputFolder = _folder.In("teacher") },
            TestContext.Current.CancellationToken
        );
        return SavedPolicy.Load(result.PolicyFolder);
    }

    private static TrainingSettings Settings(string core, float scale) =>
        new()
        {
            Environment = "Pendulum-v1",
            TotalSteps = 512,
            Agent = new PpoSettings
            {
                Copies = 4,
                UnrollLength = 16,
                Minibatches = 1,
                Epochs = 2,
            },
            Network = new()
            {
                HiddenSizes = [16],
                Core = core,
                CoreSize = 8,
            },
            Wrappers = new WrapperSettings { NormalizeObservations = true, ObservationScale = scale },
            Evaluation = new EvaluationSettings { Episodes = 0, FinalEpisodes = 1 },
        };
}
