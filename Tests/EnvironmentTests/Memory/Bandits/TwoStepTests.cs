using Environments.Memory.Bandits;
using Tests.Contracts;
using Xunit;

namespace Tests.EnvironmentTests.Memory.Bandits;

public sealed class TwoStepTests : EnvironmentContract<TwoStep>
{
    protected override string Id => "Memory/TwoStep-v0";

    protected override double RandomReturnTolerance => 0.5;

    protected override int RandomEpisodes => 2000;

    protected override bool StartsAtRandom => false;

    protected override TwoStep Create() => new(100);

    [Fact]
    public void Step_BayesFilterOnTheGoodState_GetsTheSimulatedScore()
    {
        double first = 0.5; // probability that state 1 is good
        double mean = ScriptedPlayer.MeanReturn(
            Id,
            3000,
            shown =>
            {
                if (shown.Count == 1)
                {
                    first = 0.5;
                }
                else if (shown[^1][0] == 1) // a trial is over; the state it led to was shown one step earlier
                {
                    bool supports = shown[^2][1] == 1 == (shown[^1][5] == 1);
                    double good = first * (supports ? 0.9 : 0.1);
                    double bad = (1 - first) * (supports ? 0.1 : 0.9);
                    first = good / (good + bad);
                    first = first * 0.975 + (1 - first) * 0.025;
                }
                return first >= 0.5 ? 0 : 1;
            }
        );
        Assert.Equal(70.6, mean, 0.5);
    }

    [Fact]
    public void Step_FirstStage_LeadsMostlyToTheStateOfTheAction()
    {
        int common = 0;
        int all = 0;
        ScriptedPlayer.MeanReturn(
            Id,
            100,
            shown =>
            {
                if (shown[^1][0] == 0)
                {
                    all++;
                    common += shown[^1][1] == shown[^1][3] ? 1 : 0;
                }
                return shown.Count / 2 % 2;
            }
        );
        Assert.Equal(10_000, all);
        Assert.Equal(0.8, (double)common / all, 0.015);
    }
}
