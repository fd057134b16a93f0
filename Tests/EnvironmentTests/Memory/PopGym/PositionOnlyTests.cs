using Environments.Memory.PopGym;
using Tests.Contracts;
using Xunit;

namespace Tests.EnvironmentTests.Memory.PopGym;

public sealed class PositionOnlyCartPoleTests : EnvironmentContract<PositionOnlyCartPole>
{
    protected override string Id => "Memory/PositionOnlyCartPole-v0";

    protected override double RandomReturnTolerance => 0.006;

    protected override int RandomEpisodes => 2000;

    protected override PositionOnlyCartPole Create() => new(200);

    [Theory]
    [InlineData("easy")]
    [InlineData("medium")]
    [InlineData("hard")]
    public void Step_PlayerThatRemembersOneStep_ReachesTheOptimum(string level) =>
        Assert.Equal(
            1,
            ScriptedPlayer.MeanReturn(
                $"Memory/PositionOnlyCartPole-v0?level={level}",
                10,
                shown =>
                {
                    float[] now = shown[^1];
                    float[] before = shown[Math.Max(shown.Count - 2, 0)];
                    (float speed, float turning) = ((now[0] - before[0]) / 0.02f, (now[1] - before[1]) / 0.02f);
                    return 0.05f * now[0] + 0.1f * speed + now[1] + 0.3f * turning > 0 ? 1 : 0;
                }
            ),
            1e-4
        );
}

public sealed class PositionOnlyPendulumTests : EnvironmentContract<PositionOnlyPendulum>
{
    protected override string Id => "Memory/PositionOnlyPendulum-v0?level=hard";

    protected override double RandomReturnTolerance => 0.03;

    protected override int RandomEpisodes => 1000;

    protected override PositionOnlyPendulum Create() => new(100);

    protected override bool Prolong(ReadOnlySpan<float> observation, Span<float> action)
    {
        action[0] = 1;
        return true;
    }
}
