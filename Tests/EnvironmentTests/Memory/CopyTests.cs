using Environments.Memory;
using Tests.Contracts;
using Xunit;

namespace Tests.EnvironmentTests.Memory;

public sealed class CopyTests : EnvironmentContract<Copy>
{
    protected override string Id => "Memory/Copy-v0";

    protected override double RandomReturnTolerance => 0.01;

    protected override int RandomEpisodes => 4000;

    protected override Copy Create() => new(5, 10);

    [Theory]
    [InlineData(5, 10)]
    [InlineData(3, 0)]
    public void Step_PlayerWithMemory_ReachesTheOptimum(int length, int delay)
    {
        int steps = 0;
        double mean = ScriptedPlayer.MeanReturn(
            $"Memory/Copy-v0?length={length}&delay={delay}",
            20,
            shown =>
            {
                steps++;
                int asked = shown.Count - 1 - length - delay;
                Assert.Equal(asked >= 0, shown[^1][8] == 1);
                return asked >= 0 ? ScriptedPlayer.Hot(shown[asked].AsSpan(0, 8)) : 0;
            }
        );
        Assert.Equal(1, mean, 1e-6);
        Assert.Equal(20 * (2 * length + delay), steps);
    }
}
