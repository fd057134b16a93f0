using Environments;
using Environments.Memory.Bandits;
using Tests.Contracts;
using Xunit;

namespace Tests.EnvironmentTests.Memory.Bandits;

public sealed class BanditTests : EnvironmentContract<Bandit>
{
    protected override string Id => "Memory/TwoArmedBandit-v0";

    protected override double RandomReturnTolerance => 0.6;

    protected override int RandomEpisodes => 4000;

    protected override bool StartsAtRandom => false;

    protected override Bandit Create() => new(BanditFamily.Independent, 100);

    // With p and 1 − p both arms tell the same, so the Bayes-optimal player takes the likelier one.
    [Theory]
    [InlineData("easy", 10, 8.376)]
    [InlineData("easy", 100, 89.375)]
    [InlineData("medium", 100, 74.000)]
    [InlineData("hard", 50, 28.124)]
    [InlineData("uniform", 50, 36.449)]
    public void Step_DependentArms_BayesOptimalPlayerGetsTheExactScore(string family, int trials, double expected)
    {
        double mean = ScriptedPlayer.MeanReturn(
            $"Memory/TwoArmedBandit-v0?family={family}&trials={trials}",
            6000,
            shown =>
            {
                double evidence = 0; // for arm 0: rewards of arm 0 and failures of arm 1 count for it
                for (int t = 1; t < shown.Count; t++)
                {
                    evidence += (2 * shown[t][0] - 1) * (2 * shown[t][2] - 1);
                }
                return evidence >= 0 ? 0 : 1;
            }
        );
        Assert.Equal(expected, mean, trials / 200.0);
    }

    [Theory]
    [InlineData("family=independent&trials=10", 2, 6.667)]
    [InlineData("family=uniform&trials=10", 2, 7.5)]
    public void Step_PlayerWhoKnowsTheArm_GetsTheExactScore(string options, int arms, double expected)
    {
        using var batch = (BatchedEnvironment<Bandit>)EnvironmentRegistry.Default.Make($"Memory/TwoArmedBandit-v0?{options}");
        batch.Reset(3);
        double sum = 0;
        const int episodes = 10_000;
        for (int t = 0; t < 10 * episodes; t++)
        {
            batch.Step([Enumerable.Range(0, arms).MaxBy(arm => batch[0].ProbabilityOf(arm))]);
            sum += batch.Rewards[0];
        }
        Assert.Equal(expected, sum / episodes, 0.07);
    }

    [Fact]
    public void Step_ManyArms_ShowsActionRewardAndTime()
    {
        using IBatchedEnvironment batch = EnvironmentRegistry.Default.Make("Memory/MultiArmedBandit-v0?arms=4&trials=8");
        batch.Reset(0);
        Assert.Equal(new float[6], batch.Observations);
        batch.Step([2]);
        Assert.Equal([0, 0, 1, 0, batch.Rewards[0], 0.125f], batch.Observations);
        Assert.Throws<InvalidOptionException>(() => EnvironmentRegistry.Default.Make("Memory/MultiArmedBandit-v0?arms=51"));
    }
}

public sealed class InformativeBanditTests : EnvironmentContract<InformativeBandit>
{
    protected override string Id => "Memory/InformativeBandit-v0";

    protected override double RandomReturnTolerance => 0.15;

    protected override int RandomEpisodes => 4000;

    protected override bool StartsAtRandom => false;

    protected override InformativeBandit Create() => new(5);

    [Fact]
    public void Step_PlayerThatAsksFirst_ReachesTheOptimum() =>
        Assert.Equal(
            20.55,
            ScriptedPlayer.MeanReturn(Id, 4000, shown => shown.Count == 1 ? 10 : (int)MathF.Round(10 * shown[1][11]) - 1),
            0.02
        );
}
