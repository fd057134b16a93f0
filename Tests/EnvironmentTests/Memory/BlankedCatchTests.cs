using Environments;
using Environments.Memory;
using Tests.Contracts;
using Xunit;

namespace Tests.EnvironmentTests.Memory;

public sealed class BlankedCatchTests : EnvironmentContract<BlankedCatch>
{
    protected override string Id => "Memory/BlankedCatch-v0";

    protected override double RandomReturnTolerance => 0.05;

    protected override int RandomEpisodes => 4000;

    protected override BlankedCatch Create() => new(10, 4);

    [Fact]
    public void Step_BallAtTheLeft_ShowsTheDocumentedTable()
    {
        using IBatchedEnvironment batch = EnvironmentRegistry.Default.Make("Memory/BlankedCatch-v0?size=4&shown=1");
        int seen = 0;
        for (ulong seed = 0; seen < 3; seed++)
        {
            batch.Reset(seed);
            int ball = ScriptedPlayer.Hot(batch.Observations[..4]);
            if (ball != 0)
            {
                continue;
            }
            seen++;
            Assert.Equal([1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1], batch.Observations);
            batch.Step([0]);
            Assert.Equal([0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 0], batch.Observations);
            batch.Step([0]);
            Assert.Equal(new float[16], batch.Observations);
            Assert.Equal(0, batch.Rewards[0]);
            Assert.False(batch.Terminated[0]);
            batch.Step([seen == 2 ? 2 : 1]);
            Assert.Equal(new float[16], batch.FinalObservations);
            Assert.Equal(seen == 2 ? -1 : 1, batch.Rewards[0]);
            Assert.True(batch.Terminated[0]);
        }
    }

    [Theory]
    [InlineData(10, 4)]
    [InlineData(24, 8)]
    [InlineData(5, 0)]
    public void Step_PlayerWithMemory_ReachesTheOptimum(int size, int shown)
    {
        double mean = ScriptedPlayer.MeanReturn(
            $"Memory/BlankedCatch-v0?size={size}&shown={shown}",
            50,
            seen =>
            {
                bool isBlank = seen[^1].All(cell => cell == 0);
                Assert.Equal(seen.Count - 1 > shown, isBlank);
                int ball = ScriptedPlayer.Hot(seen[0].AsSpan(0, size));
                int paddle = size / 2;
                for (int step = 1; step < seen.Count; step++)
                {
                    paddle += Towards(paddle);
                }
                return 1 + Towards(paddle);

                int Towards(int from) => Math.Sign(Math.Clamp(ball, 1, size - 2) - from);
            }
        );
        Assert.Equal(1, mean);
    }
}
