using Environments;
using Environments.Memory.TMazes;
using Tests.Contracts;
using Xunit;

namespace Tests.EnvironmentTests.Memory.TMazes;

public sealed class BakkerTMazeTests : EnvironmentContract<BakkerTMaze>
{
    private const int North = 0;
    private const int East = 1;
    private const int South = 2;
    private const int West = 3;

    protected override string Id => "Memory/BakkerTMaze-v0";

    protected override double RandomReturnTolerance => 0.15;

    protected override int RandomEpisodes => 4000;

    protected override BakkerTMaze Create() => new(10);

    protected override bool Prolong(ReadOnlySpan<float> observation, Span<float> action)
    {
        action[0] = West;
        return true;
    }

    [Fact]
    public void Step_PlayerWithMemory_ReachesTheOptimum() =>
        Assert.Equal(4, ScriptedPlayer.MeanReturn(Id, 50, shown => shown[^1] is [0, 1, 0] ? Side(shown[0]) : East));

    [Fact]
    public void Step_WallsAndWrongSide_CostATenth()
    {
        using IBatchedEnvironment batch = EnvironmentRegistry.Default.Make("Memory/BakkerTMaze-v0?length=2");
        batch.Reset(3);
        float[] start = batch.Observations.ToArray();
        Assert.True(start is [0, 1, 1] or [1, 1, 0]);
        foreach (
            (int action, float reward, float[] shown) in (ReadOnlySpan<(int, float, float[])>)
                [
                    (West, -0.1f, start),
                    (North, -0.1f, start),
                    (South, -0.1f, start),
                    (East, 0, [1, 0, 1]),
                    (North, -0.1f, [1, 0, 1]),
                    (West, 0, start),
                    (East, 0, [1, 0, 1]),
                    (East, 0, [0, 1, 0]),
                    (East, -0.1f, [0, 1, 0]),
                ]
        )
        {
            batch.Step([action]);
            Assert.Equal((reward, false), (batch.Rewards[0], batch.Terminated[0]));
            Assert.Equal(shown, batch.Observations);
        }
        batch.Step([2 - Side(start)]);
        Assert.Equal((-0.1f, true), (batch.Rewards[0], batch.Terminated[0]));
        Assert.Equal([0, 1, 0], batch.FinalObservations);
    }

    private static int Side(float[] first) => first is [0, 1, 1] ? North : South;
}
