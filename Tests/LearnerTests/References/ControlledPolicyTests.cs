using Environments.Randomness;
using Learners.Composition;
using Learners.Configuration;
using Learners.Sources;
using Learners.Stages;
using Learners.Training;
using Protos;
using Tests.LearnerTests.Observations;
using Xunit;

namespace Tests.LearnerTests.References;

/// <summary>Somebody else may take the actions that a student learns from.</summary>
public sealed class ControlledPolicyTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("teacher")]
    [InlineData("uniform")]
    public async Task Record_UnderControl_HoldsTheActionsOfWhoeverActs(string control)
    {
        string teacher = await Teach();
        TrainingSettings settings = Student(teacher, control);
        using IUnrollSource source = new TrainingOptions().Step(settings, new SeedSequence(3));
        source.Publish(RawObservationTests.Parameters(source.Spec, 4), 0);
        using var policy = Agents.Policies.SavedPolicy.Load(Path.Combine(teacher, "policy"));
        var pass = new SequencePass(policy.ActingNetwork.Evaluate, policy.CoreStateSize, 2, withNext: false);
        var state = new float[settings.Agent.Copies * policy.CoreStateSize];
        var family = source.Spec.Distribution;
        for (int i = 0; i < 3; i++)
        {
            Unroll unroll = await source.NextAsync(TestContext.Current.CancellationToken);
            float[] raw = unroll.Observations.Read(unroll.EpisodeStarts);
            pass.Run(unroll, raw, Finals(unroll), state);
            float[] distributions = pass.Distributions[..(2 * unroll.Actions.Length)];
            for (int row = 0; row < unroll.Actions.Length; row++)
            {
                family.MixWithUniform(distributions.AsSpan(row * 2, 2), control == "uniform" ? 1 : 1e-3f);
            }
            var logProbs = new float[unroll.Actions.Length];
            family.LogProbs(distributions, unroll.Actions, logProbs);

            Assert.Equal(logProbs, unroll.BehaviourLogProbs);
            Assert.Equal(2, unroll.Actions.Distinct().Count());
        }
    }

    [Fact]
    public async Task TrainAsync_TeacherWithAMemoryActs_ResumesBitForBit()
    {
        TrainingSettings settings = Student(await Teach(), "teacher") with { TotalSteps = 1024 };
        TrainingResult whole = await Train(settings, "whole");
        await Train(settings with { TotalSteps = 512 }, "half");
        TrainingResult resumed = await Trainer.ResumeAsync(
            _folder.In("half"),
            ["total_steps=1024"],
            null,
            TestContext.Current.CancellationToken
        );

        Assert.Equal(whole.ParameterHash, resumed.ParameterHash);
    }

    [Fact]
    public async Task MistakeInFleet_ControlOrMemory_IsNamed()
    {
        string teacher = await Teach();

        Assert.Contains(
            "control is not the student",
            Student(teacher, "teacher").Agent.MistakeInFleet!,
            StringComparison.Ordinal
        );
        Assert.Contains("saved has a core, lstm", Student(teacher, "student").Agent.MistakeInFleet!, StringComparison.Ordinal);
        TrainingSettings learned = Load("a2c.auxiliary.default_policy.learned.network.core=gru");
        Assert.Contains("default_policy.learned has a core, gru", learned.Agent.MistakeInFleet!, StringComparison.Ordinal);
        Assert.Null(Load("a2c.auxiliary.default_policy.weight=0.1").Agent.MistakeInFleet);
    }

    private static float[] Finals(Unroll unroll)
    {
        var finals = new float[unroll.FinalRows.Count * 4];
        for (int i = 0; i < unroll.FinalRows.Count; i++)
        {
            unroll.ReadFinalObservation(i, finals.AsSpan(i * 4, 4));
        }
        return finals;
    }

    private static TrainingSettings Student(string teacher, string control) =>
        Load(
            $"a2c.auxiliary.distillation.saved.path={teacher}",
            "a2c.auxiliary.distillation.method=on_policy",
            "a2c.auxiliary.distillation.reward_weight=0",
            $"a2c.auxiliary.distillation.control={control}"
        );

    private static TrainingSettings Load(params string[] assignments) =>
        SettingsSources.Load(
            "CartPole-v1",
            "a2c",
            null,
            [
                "total_steps=2048",
                "evaluation.episodes=0",
                "evaluation.final_episodes=1",
                "a2c.copies=4",
                "a2c.unroll_length=16",
                "a2c.learning_rate_schedule=constant",
                .. assignments,
            ]
        );

    private async Task<string> Teach()
    {
        TrainingSettings settings = Load("network.core=lstm", "network.core_size=8", "wrappers.normalize_observations=true");
        return (await Train(settings, "teacher")).RunFolder;
    }

    private Task<TrainingResult> Train(TrainingSettings settings, string name) =>
        Trainer.TrainAsync(
            settings,
            new TrainingOptions { OutputFolder = _folder.In(name) },
            TestContext.Current.CancellationToken
        );
}
