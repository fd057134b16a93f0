using Environments;
using Environments.Wrappers;
using Xunit;

namespace Tests.EnvironmentTests.Wrappers;

public sealed class ClipTests
{
    [Fact]
    public void Step_ActionsOutsideTheBox_ReachTheEnvironmentClipped()
    {
        var inner = new ScriptedEnvironment(0, new ScriptedStep(0), new ScriptedStep(0), new ScriptedStep(0));
        using var environment = new ActionClip(inner);
        environment.Reset(0);
        environment.Step([-7, 1.5f]);
        Assert.Equal([-1, 1.5f], inner.LatestActions);
        environment.Step([float.PositiveInfinity, -2.5f]);
        Assert.Equal([1, -2], inner.LatestActions);
        environment.Step([float.NaN, 0]);
        Assert.True(float.IsNaN(inner.LatestActions[0]));
    }

    [Fact]
    public void Step_ClippedActions_ChangeTheRewardOfTheContinuousCar()
    {
        using var environment = new ActionClip(EnvironmentRegistry.Default.Make("MountainCarContinuous-v0"));
        environment.Reset(0);
        environment.Step([3]);
        Assert.Equal(-0.1f, environment.Rewards[0], 1e-6f);
    }

    [Fact]
    public void Step_WrongNumberOfActions_IsReportedByTheEnvironment()
    {
        using var environment = new ActionClip(EnvironmentRegistry.Default.Make("Pendulum-v1", 3));
        environment.Reset(0);
        var error = Assert.Throws<ArgumentException>(() => environment.Step([0, 0]));
        Assert.Contains("3 actions of 1 floats; 2 floats were given", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Create_ActionsOfNoBox_ThrowsAndNamesThem()
    {
        using IBatchedEnvironment inner = EnvironmentRegistry.Default.Make("CartPole-v1");
        var error = Assert.Throws<ArgumentException>(() => new ActionClip(inner));
        Assert.Contains("Discrete(2)", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Step_RewardsOutsideTheInterval_AreClipped()
    {
        using var environment = new RewardClip(
            new ScriptedEnvironment(0, new ScriptedStep(0, -7), new ScriptedStep(0, 0.25f), new ScriptedStep(0, 9)),
            -1,
            0.5f
        );
        environment.Reset(0);
        foreach (float expected in new[] { -1, 0.25f, 0.5f })
        {
            environment.Step([0, 0]);
            Assert.Equal(expected, environment.Rewards[0]);
        }
    }

    [Fact]
    public void Create_EmptyInterval_ThrowsAndNamesTheBounds()
    {
        using var inner = new ScriptedEnvironment(0);
        var error = Assert.Throws<ArgumentException>(() => new RewardClip(inner, 2, 1));
        Assert.Contains("[2, 1]", error.Message, StringComparison.Ordinal);
    }
}
