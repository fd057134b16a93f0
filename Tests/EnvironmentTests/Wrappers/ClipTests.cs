using Environments.Wrappers;
using Xunit;

namespace Tests.EnvironmentTests.Wrappers;

public sealed class ClipTests
{
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
