using Agents.Networks;
using Agents.Policies;
using Agents.Yaml;
using Learners.Composition;
using Learners.Configuration;
using Learners.Training;
using Xunit;

namespace Tests.LearnerTests.Auxiliary;

/// <summary>Saved mixtures and saved policies at the beginning of other runs, and who is evaluated.</summary>
public sealed class CurriculumStartTests : IDisposable
{
    private const string Factored = "Control/AimAndShoot-v0?actions=factored";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Train_FromARunWithACurriculum_GoesOnWithItsLastPolicy()
    {
        TrainingResult before = await Train(
            "CartPole-v1",
            "before",
            "a2c.auxiliary.curriculum={ stages: [{ hidden_sizes: [6] }] }"
        );

        TrainingSettings settings = Settings("CartPole-v1").StartingFrom(before.RunFolder);
        using TrainingSession session = TrainingSession.Create(settings);

        Assert.Null(settings.Network.Mixture);
        using SavedPolicy last = SavedPolicy.Load(Path.Combine(before.RunFolder, "last_stage"));
        using SavedPolicy begun = session.ToPolicy();
        Assert.Equal(last.ParameterHash, begun.ParameterHash);
    }

    [Fact]
    public async Task Train_ACurriculumFromAPlainPolicy_BeginsItsStagesWithIt()
    {
        TrainingResult plain = await Train("CartPole-v1", "plain");
        var warnings = new List<string>();

        TrainingSettings settings = Settings(
                "CartPole-v1",
                "a2c.auxiliary.curriculum={ stages: [{ own_trunk: true }, { hidden_sizes: [5] }], shared_value: false, alpha: 1 }"
            )
            .StartingFrom(plain.RunFolder);
        using TrainingSession session = TrainingSession.Create(settings, new TrainingOptions { Warn = warnings.Add });

        using SavedPolicy from = SavedPolicy.Load(plain.RunFolder);
        using SavedPolicy begun = session.ToPolicy();
        float[] Of(SavedPolicy policy, string name)
        {
            var layout = new ParameterLayout(policy.ActingNetwork.Spec);
            return layout[name].In(policy.Parameters).ToArray();
        }
        string head = new ParameterLayout(from.ActingNetwork.Spec).Slots.First(slot => slot.Name.Contains("head")).Name;
        Assert.Equal(Of(from, head), Of(begun, head));
        string staged = new ParameterLayout(begun.ActingNetwork.Spec)
            .Slots.First(slot => slot.Name.Contains("stages.0.") && slot.Name.Replace("stages.0.", "") == head)
            .Name;
        Assert.Equal(Of(from, head), Of(begun, staged));
        string warning = Assert.Single(warnings, line => line.Contains("begin afresh", StringComparison.Ordinal));
        Assert.Contains("stages.1.", warning, StringComparison.Ordinal);
        Assert.DoesNotContain("stages.0.", warning, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Train_ASecondCurriculumFromTheFirstsRun_TakesItsLastPolicy()
    {
        TrainingResult before = await Train(
            "CartPole-v1",
            "before",
            "a2c.auxiliary.curriculum={ stages: [{ hidden_sizes: [6] }] }"
        );

        using TrainingSession session = TrainingSession.Create(
            Settings("CartPole-v1", "a2c.auxiliary.curriculum={ stages: [{ own_trunk: true }] }").StartingFrom(before.RunFolder)
        );

        using SavedPolicy last = SavedPolicy.Load(Path.Combine(before.RunFolder, "last_stage"));
        using SavedPolicy begun = session.ToPolicy();
        using SavedPolicy own = begun.LastOfMixture();
        Assert.Equal(last.ParameterHash, own.ParameterHash);
    }

    [Fact]
    public void Create_AMixtureWithoutACurriculum_IsRefused()
    {
        SettingsException exception = Assert.Throws<SettingsException>(() =>
            Settings("CartPole-v1", "network.mixture={ stages: [{ hidden_sizes: [6] }] }")
        );

        Assert.Contains("the first would act for ever", exception.Message, StringComparison.Ordinal);
        Assert.Contains("a2c.auxiliary.curriculum", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Create_ASavedMixtureAsTeacherOverFactoredActions_IsRefusedAndItsLastPolicyTaken()
    {
        TrainingResult mixture = await Train(
            Factored,
            "mixture",
            "a2c.auxiliary.curriculum={ stages: [{ actions: [[3, 1, 1, 2, 0, 0]] }] }"
        );
        string[] Teacher(string folder) =>
            ["a2c.auxiliary.distillation.teacher=saved", $"a2c.auxiliary.distillation.saved.path={folder}"];

        SettingsException exception = Assert.Throws<SettingsException>(() =>
            TrainingSession.Create(Settings(Factored, Teacher(mixture.RunFolder))).Dispose()
        );

        Assert.Contains("Name its last policy, the folder last_stage of its run", exception.Message, StringComparison.Ordinal);
        using TrainingSession session = TrainingSession.Create(
            Settings(Factored, Teacher(Path.Combine(mixture.RunFolder, "last_stage")))
        );
        await session.AdvanceAsync(1, TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task Train_LastIsEvaluated_KeepsThePolicyThatScored()
    {
        TrainingResult result = await Train(
            "CartPole-v1",
            "run",
            "a2c.auxiliary.curriculum={ stages: [{ hidden_sizes: [6] }], evaluated: last }"
        );

        using SavedPolicy best = SavedPolicy.Load(Path.Combine(result.RunFolder, "best"));
        using SavedPolicy last = SavedPolicy.Load(Path.Combine(result.RunFolder, "last_stage"));
        using SavedPolicy mixture = SavedPolicy.Load(result.PolicyFolder);
        Assert.Null(best.Network.Mixture);
        Assert.Equal(result.Evaluation!.MeanReturn, last.Info.MeanReturn);
        Assert.True(best.Info.MeanReturn >= last.Info.MeanReturn);
        Assert.NotNull(mixture.Network.Mixture);
        Assert.Null(mixture.Info.MeanReturn);
    }

    [Fact]
    public async Task Train_ToTheEndOfTheSchedule_LeavesTheLastPolicyAlone()
    {
        TrainingResult result = await Train(
            "CartPole-v1",
            "run",
            "a2c.auxiliary.curriculum={ stages: [{ hidden_sizes: [6] }], schedule: [[0, 0], [1, 1]] }"
        );

        using SavedPolicy mixture = SavedPolicy.Load(result.PolicyFolder);
        var layout = new ParameterLayout(mixture.ActingNetwork.Spec);
        Assert.Equal(1, layout["mixture.alpha"].In(mixture.Parameters)[0]);
    }

    [Theory]
    [InlineData("{ core: lstm, core_size: 6 }", "ppo.minibatches=4", "ppo.copies=10", "4 do not divide 10")]
    [InlineData("{ core: gtrxl, core_size: 33 }", "ppo.minibatches=1", "ppo.copies=8", "Stage 0 of the mixture, core gtrxl")]
    public void Create_AStageWithAMemory_IsCheckedLikeTheNetworks(string stage, string first, string second, string message)
    {
        SettingsException exception = Assert.Throws<SettingsException>(() =>
            TrainingSession
                .Create(
                    SettingsSources.Load(
                        "CartPole-v1",
                        "ppo",
                        null,
                        [first, second, $"ppo.auxiliary.curriculum={{ stages: [{stage}], shared_value: false }}"]
                    )
                )
                .Dispose()
        );

        Assert.Contains(message, exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_SettingsOfAStagesCore_AreRead()
    {
        TrainingSettings settings = SettingsSources.Load(
            "CartPole-v1",
            "a2c",
            null,
            [
                "network.core=lstm",
                "network.transformer.memory_length=16",
                "a2c.auxiliary.curriculum={ stages: [{ core: GTrXL, core_size: 32 }], shared_value: false }",
            ]
        );

        using TrainingSession session = TrainingSession.Create(settings);
        Assert.Throws<SettingsException>(() =>
            SettingsSources.Load("CartPole-v1", "a2c", null, ["network.core=lstm", "network.transformer.memory_length=16"])
        );
    }

    private static TrainingSettings Settings(string environment, params string[] more) =>
        SettingsSources.Load(
            environment,
            "a2c",
            null,
            [
                "total_steps=2048",
                "evaluation.episodes=2",
                "evaluation.final_episodes=2",
                "network.hidden_sizes=[6]",
                "a2c.copies=8",
                "a2c.unroll_length=16",
                .. more,
            ]
        );

    private Task<TrainingResult> Train(string environment, string folder, params string[] more) =>
        Trainer.TrainAsync(
            Settings(environment, more),
            new TrainingOptions { OutputFolder = _folder.In(folder) },
            TestContext.Current.CancellationToken
        );
}
