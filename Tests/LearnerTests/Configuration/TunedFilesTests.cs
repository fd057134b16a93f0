using Agents.Networks.Cores;
using Agents.Yaml;
using Learners.Auxiliary;
using Learners.Composition;
using Learners.Configuration;
using Learners.Ppo;
using Learners.Training;
using Xunit;

namespace Tests.LearnerTests.Configuration;

/// <summary>What was tuned for a core lies over what was tuned for the task, and under what somebody gives.</summary>
public sealed class TunedFilesTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Load_CoreThatIsChosen_TakesWhatWasTunedForIt()
    {
        Assert.NotEmpty(TunedFiles.OfCores);
        foreach ((string agent, string environment, string core) in TunedFiles.OfCores)
        {
            TrainingSettings chosen = SettingsSources.Load(environment, agent, null, [$"network.core={core}"]);
            TrainingSettings longer = SettingsSources.Load(environment, agent, null, [$"network.core={core}", "seed=7"]);

            Assert.NotNull(MemoryCores.Find(core));
            Assert.Contains((agent, environment), TunedFiles.All);
            Assert.Equal(core, chosen.Network.Core);
            Assert.NotEqual(TunedSettings.For(environment, agent).Network.Core, core);
            Assert.Equal(chosen with { Seed = 7 }, longer);
        }
        TrainingSettings ppr = SettingsSources.Load("Memory/Recall-v0?delay=9", "ppo", null, ["network.core=ppr"]);
        Assert.Contains(((PpoSettings)ppr.Agent).Auxiliary, part => part is BranchDivergenceSettings { Weight: > 0 });
        Assert.Empty(((PpoSettings)TunedSettings.For("Memory/Recall-v0").Agent).Auxiliary);
        Assert.Equal(TunedSettings.For("Memory/Recall-v0").TotalSteps, ppr.TotalSteps); // lies under it
    }

    [Fact]
    public async Task Load_WarmStartOfACoreWithTunedSettings_BeginsWithThePolicysNetwork()
    {
        string[] short_ = ["network.core=ppr", "network.core_size=5", "total_steps=768", "evaluation.final_episodes=1"];
        TrainingResult first = await Trainer.TrainAsync(
            SettingsSources.Load("Memory/Recall-v0", "ppo", null, short_),
            new TrainingOptions { OutputFolder = _folder.In("first") },
            TestContext.Current.CancellationToken
        );

        TrainingSettings warm = SettingsSources.Load(
            "Memory/Recall-v0",
            "ppo",
            null,
            ["network.core=ppr", $"initial_policy.path={first.PolicyFolder}"]
        );

        Assert.Equal(("ppr", 5), (warm.Network.Core, warm.Network.CoreSize));
        Assert.NotEmpty(((PpoSettings)warm.Agent).Auxiliary);
    }

    [Theory]
    [InlineData("ppo.auxiliary.ppr=null")]
    [InlineData("ppo.auxiliary={reward_prediction: {weight: 0.5}, ppr: null}")]
    public void Load_WholeFileWithoutATunedPart_DoesNotBringItBack(string assignment)
    {
        TrainingSettings without = SettingsSources.Load("Memory/Recall-v0", "ppo", null, ["network.core=ppr", assignment]);
        string file = _folder.In("config.yaml");
        File.WriteAllText(file, StrictYaml.Write(without));

        Assert.DoesNotContain(without.Of<PpoSettings>().Auxiliary, part => part is BranchDivergenceSettings);
        Assert.Equal(without, SettingsSources.Load(null, null, file, []));
    }

    [Fact]
    public void Load_EmptyListOfParts_IsNone()
    {
        TrainingSettings settings = SettingsSources.Load(
            "Memory/Recall-v0",
            "ppo",
            null,
            ["network.core=ppr", "ppo.auxiliary={}"]
        );

        Assert.Empty(settings.Of<PpoSettings>().Auxiliary);
    }
}
