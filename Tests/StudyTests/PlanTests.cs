using Agents.Yaml;
using Environments;
using Learners.Configuration;
using Learners.Ppo;
using Studies.Claims;
using Studies.Running;
using Xunit;

namespace Tests.StudyTests;

public sealed class PlanTests
{
    private const string Layers = """
        title: layers
        source: a test
        seeds: 2
        settings: { ppo: { epochs: 2, minibatches: 2, learning_rate: 1e-2 } }
        arms:
          - name: plain
            agent: ppo
          - name: changed
            agent: ppo
            settings: { ppo: { learning_rate: 3e-2 } }
            environment_options: { length: 6 }
        tasks:
          - environment: Memory/PassiveTMaze-v0?length=4
            steps: 1_000
            full_steps: 9_000
            threshold: 1
            settings: { ppo: { minibatches: 1 } }
          - environment: Nowhere-v0
            steps: 1_000
            threshold: 1
            optional: true
        measures:
          - name: steps
            metric: steps_to_threshold
            arms: [plain, changed]
        """;

    private static ReproductionPlan Plan(string yaml, ReproductionBudget budget = ReproductionBudget.Quick, int? seeds = null) =>
        ReproductionPlan.Create(
            "test",
            SampleClaims.Parse(yaml),
            budget,
            seeds,
            EnvironmentRegistry.Default,
            AgentRegistry.Default
        );

    [Fact]
    public void Create_Layers_ArmWinsOverTaskOverClaimAndLeavesTheOthersAlone()
    {
        ReproductionPlan plan = Plan(Layers);

        PlannedRun plain = plan.Runs.First(run => run.Arm.Name == "plain");
        PlannedRun changed = plan.Runs.First(run => run.Arm.Name == "changed");
        Assert.Equal(
            (2, 1, 1e-2f),
            (
                plain.Settings.Of<PpoSettings>().Epochs,
                plain.Settings.Of<PpoSettings>().Minibatches,
                plain.Settings.Of<PpoSettings>().LearningRate
            )
        );
        Assert.Equal(3e-2f, changed.Settings.Of<PpoSettings>().LearningRate);
        Assert.Equal(1e-2f, plan.Runs.Last(run => run.Arm.Name == "plain").Settings.Of<PpoSettings>().LearningRate);
        Assert.Equal([1UL, 2UL], plan.Runs.Where(run => run.Arm.Name == "plain").Select(run => run.Settings.Seed));
    }

    [Fact]
    public void Create_FirstSeed_SeedsGoOnFromThere()
    {
        ReproductionPlan plan = Plan(Layers.Replace("seeds: 2", "seeds: 2\nfirst_seed: 40"));

        Assert.Equal([40UL, 41UL], plan.Runs.Where(run => run.Arm.Name == "plain").Select(run => run.Settings.Seed));
    }

    [Fact]
    public void Create_EnvironmentOptionsOfAnArm_WinOverTheTasks()
    {
        ReproductionPlan plan = Plan(Layers);

        Assert.Equal("Memory/PassiveTMaze-v0?length=4", plan.Runs[0].Settings.Environment);
        Assert.Equal("Memory/PassiveTMaze-v0?length=6", plan.Runs[1].Settings.Environment);
    }

    [Fact]
    public void Create_OptionalTaskThatIsUnknown_IsLeftOutWithARemark()
    {
        ReproductionPlan plan = Plan(Layers);

        Assert.Single(plan.Tasks);
        Assert.Contains(
            "Nowhere-v0 was left out: There is no environment 'Nowhere-v0'",
            Assert.Single(plan.Remarks),
            StringComparison.Ordinal
        );
        Assert.Throws<UnknownNameException>(() =>
            Plan(Layers.Replace("optional: true", "optional: false", StringComparison.Ordinal))
        );
    }

    [Fact]
    public void Create_Folders_ChangeWithEverySettingAndWithNothingElse()
    {
        string[] Folders(string yaml, ReproductionBudget budget = ReproductionBudget.Quick) =>
            [.. Plan(yaml, budget, seeds: 1).Runs.Select(run => run.Folder)];

        string[] folders = Folders(Layers);

        Assert.Equal(folders, Folders(Layers.Replace("title: layers", "title: other", StringComparison.Ordinal)));
        string[] other = Folders(Layers.Replace("3e-2", "4e-2", StringComparison.Ordinal));
        Assert.Equal(folders[0], other[0]);
        Assert.NotEqual(folders[1], other[1]);
        Assert.Empty(folders.Intersect(Folders(Layers, ReproductionBudget.Full)));
    }

    [Theory]
    [InlineData("environment: CartPole-v1")]
    [InlineData("seed: 3")]
    [InlineData("total_steps: 3")]
    [InlineData("agent: a2c")]
    public void Create_SettingsThatTheClaimSaysElsewhere_AreRefused(string setting)
    {
        string yaml = Layers.Replace(
            "settings: { ppo: { minibatches: 1 } }",
            $"settings: {{ {setting} }}",
            StringComparison.Ordinal
        );

        SettingsException error = Assert.Throws<SettingsException>(() => Plan(yaml));

        Assert.Contains($"settings.{setting.Split(':')[0]} cannot be set here", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Create_UnknownSetting_NamesTheArmTheTaskAndTheNearestKey()
    {
        SettingsException error = Assert.Throws<SettingsException>(() =>
            Plan(Layers.Replace("learning_rate: 3e-2", "learning_rat: 3e-2", StringComparison.Ordinal))
        );

        Assert.Contains("arm changed, task Memory/PassiveTMaze-v0?length=4", error.Message, StringComparison.Ordinal);
        Assert.Contains("Did you mean 'ppo.learning_rate'?", error.Message, StringComparison.Ordinal);
    }
}
