using Agents.Yaml;
using Learners.A2c;
using Learners.Auxiliary;
using Learners.Composition;
using Learners.Configuration;
using Learners.Optimizers;
using Learners.Ppo;
using Xunit;

namespace Tests.LearnerTests.Configuration;

/// <summary>Optimisers, wrappers, maps and auxiliary parts are chosen by name, and their settings stand under it.</summary>
public sealed class ChosenPartsTests
{
    [Fact]
    public void Load_PartsByName_HaveTheirSettings()
    {
        PpoSettings ppo = Load(
            "ppo.optimizer=sgd",
            "ppo.sgd.momentum=0.5",
            "ppo.optimizer_wrappers.lookahead.steps=7",
            "ppo.parameter_maps.power={}",
            "ppo.auxiliary.reward_prediction.weight=2"
        );

        Assert.Equal(new SgdSettings { Momentum = 0.5 }, ppo.Optimizer);
        Assert.Equal([new LookaheadSettings { Steps = 7 }], ppo.OptimizerWrappers);
        Assert.Equal([new PowerMapSettings()], ppo.ParameterMaps);
        Assert.Equal([new RewardPredictionSettings { Weight = 2 }], ppo.Auxiliary);
    }

    [Fact]
    public void Write_ThenBind_GivesEqualSettings()
    {
        TrainingSettings settings = SettingsSources.Load(
            "CartPole-v1",
            "a2c",
            null,
            [
                "a2c.optimizer=sgd",
                "a2c.sgd.momentum=0.5",
                "a2c.optimizer_wrappers.lookahead.step_size=0.8",
                "a2c.auxiliary.reward_prediction={}",
            ]
        );
        string text = SettingsSources.Write(settings);

        TrainingSettings again = SettingsSources.Bind(StrictYaml.Parse(text, "text"), "text", AgentRegistry.Default);

        Assert.Equal(settings, again);
        Assert.Contains("optimizer: sgd", text, StringComparison.Ordinal);
        Assert.DoesNotContain("rms_prop", text, StringComparison.Ordinal);
        Assert.NotEqual(settings, again.With((A2cSettings a2c) => a2c with { Auxiliary = [] }));
    }

    [Fact]
    public void Bind_PartOfTheDefaultsTakenOut_IsGone()
    {
        var defaults = new PpoSettings { Auxiliary = [new RewardPredictionSettings(), new RandomNetworkDistillationSettings()] };

        PpoSettings bound = StrictYaml.Bind(defaults, StrictYaml.Parse("auxiliary: {reward_prediction: null}", "text"), "text");

        Assert.Equal([new RandomNetworkDistillationSettings()], bound.Auxiliary);
    }

    [Theory]
    [InlineData("ppo.optimizer=adamm", "there is no optimizer 'adamm'. Did you mean 'adam'?")]
    [InlineData("ppo.sgd.momentum=0.9", "there is no setting 'ppo.sgd'. It goes with optimizer: sgd, and optimizer is adam.")]
    [InlineData("ppo.optimizer_wrappers.look={}", "there is no optimizer wrapper 'look'.")]
    [InlineData("ppo.optimizer_wrappers.lookahead.steps=0", "ppo.optimizer_wrappers.lookahead.steps is 0, but must be between")]
    [InlineData("ppo.optimizer_wrappers.lookahead.step=1", "Did you mean 'ppo.optimizer_wrappers.lookahead.steps'?")]
    [InlineData("ppo.optimizer_wrappers=[lookahead]", "ppo.optimizer_wrappers must hold keys and values")]
    [InlineData("ppo.parameter_maps.power.exponent=.nan", "finite")]
    [InlineData("ppo.auxiliary.reward_predictions={}", "Did you mean 'reward_prediction'?")]
    [InlineData("ppo.optimizer=kfac ppo.parameter_maps.power={}", "ppo.parameter_maps: the curvature that kfac follows")]
    public void Load_Impossible_SaysWhatIsWrong(string assignments, string expected)
    {
        SettingsException exception = Assert.Throws<SettingsException>(() => Load(assignments.Split(' ')));

        Assert.Contains(expected, exception.Message, StringComparison.Ordinal);
    }

    /// <summary>Earlier releases wrote the settings of every optimiser; those that are not chosen had no effect.</summary>
    [Fact]
    public void Bind_FileOfAnEarlierRelease_KeepsTheChosenOptimiser()
    {
        const string Old = """
            environment: CartPole-v1
            agent: ppo
            ppo:
              optimizer: rms_prop
              adam: {beta1: 0.5}
              rms_prop: {decay: 0.7}
              sgd: {momentum: 0}
              kfac: {damping: 3}
            """;

        TrainingSettings settings = SettingsSources.Bind(StrictYaml.Parse(Old, "old"), "old", AgentRegistry.Default);

        Assert.Equal(new RmsPropSettings { Decay = 0.7 }, settings.Of<PpoSettings>().Optimizer);
    }

    [Fact]
    public void Load_OtherOptimiserThanTuned_DropsTheTunedOnesSettings()
    {
        foreach ((string agent, string environment) in TunedFiles.All)
        {
            TrainingSettings settings = SettingsSources.Load(environment, agent, null, [$"{agent}.optimizer=sgd"]);

            Assert.Equal(agent, settings.AgentName);
        }
    }

    [Fact]
    public void Of_TwoOfOneName_Throws() =>
        Assert.Throws<ArgumentException>(() =>
            new PpoSettings { Auxiliary = [new RewardPredictionSettings(), new RewardPredictionSettings { Weight = 1 }] }
        );

    private static PpoSettings Load(params string[] assignments) =>
        SettingsSources.Load("CartPole-v1", "ppo", null, assignments).Of<PpoSettings>();
}
