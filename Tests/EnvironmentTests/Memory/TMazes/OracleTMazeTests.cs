using Environments;
using Environments.Memory.TMazes;
using Tests.Contracts;
using Xunit;

namespace Tests.EnvironmentTests.Memory.TMazes;

public abstract class OracleTMazeContract : EnvironmentContract<OracleTMaze>
{
    protected const int Right = 0;
    protected const int Up = 1;
    protected const int Left = 2;
    protected const int Down = 3;

    protected override double RandomReturnTolerance => 0.02;

    protected override int RandomEpisodes => 4000;

    protected static int Side(float goal) => goal > 0 ? Up : Down;
}

public sealed class PassiveTMazeTests : OracleTMazeContract
{
    protected override string Id => "Memory/PassiveTMaze-v0";

    protected override OracleTMaze Create() => new(10, active: false);

    [Theory]
    [InlineData(1)]
    [InlineData(10)]
    [InlineData(100)]
    public void Step_PlayerWithMemory_ReachesTheOptimum(int length) =>
        Assert.Equal(
            1,
            ScriptedPlayer.MeanReturn(
                $"Memory/PassiveTMaze-v0?length={length}",
                30,
                shown => shown.Count <= length ? Right : Side(shown[0][1])
            )
        );

    [Fact]
    public void Step_PlayerWithoutMemory_ReachesHalf() =>
        Assert.Equal(0.5, ScriptedPlayer.MeanReturn(Id, 4000, shown => shown[^1][0] == 0 ? Right : Up), 0.03);

    [Fact]
    public void Step_NeverMoving_CostsOneInAll() => Assert.Equal(-1, ScriptedPlayer.MeanReturn(Id, 5, _ => Left), 1e-5);

    [Fact]
    public void Step_BackAtTheOracle_IsNotToldAgain()
    {
        using IBatchedEnvironment batch = EnvironmentRegistry.Default.Make(Id);
        batch.Reset(1);
        Assert.Equal(1, Math.Abs(batch.Observations[1]));
        batch.Step([Right]);
        Assert.Equal([0, 0], batch.Observations);
        Assert.Equal(0, batch.Rewards[0]);
        batch.Step([Left]);
        Assert.Equal([0, 0], batch.Observations);
        Assert.Equal(-0.1f, batch.Rewards[0]);
    }

    [Fact]
    public void Step_InAGoalCell_OnlyTheWayBackIsOpen()
    {
        using IBatchedEnvironment batch = EnvironmentRegistry.Default.Make("Memory/ActiveTMaze-v0?length=2");
        batch.Reset(1);
        foreach (
            (int action, float[] shown) in (ReadOnlySpan<(int, float[])>)
                [(Right, [0, 0]), (Right, [1, 0]), (Up, [1, 1]), (Right, [1, 1])]
        )
        {
            batch.Step([action]);
            Assert.Equal(shown, batch.Observations);
        }
        batch.Step([Down]);
        Assert.Equal([1, 0], batch.FinalObservations);
        Assert.Equal((0, true), (batch.Rewards[0], batch.Terminated[0]));
    }
}

public sealed class ActiveTMazeTests : OracleTMazeContract
{
    protected override string Id => "Memory/ActiveTMaze-v0?length=30";

    protected override bool StartsAtRandom => false;

    protected override OracleTMaze Create() => new(30, active: true);

    [Fact]
    public void Step_PlayerThatAsksFirst_ReachesTheOptimum() =>
        Assert.Equal(
            1,
            ScriptedPlayer.MeanReturn(
                Id,
                30,
                shown =>
                    shown.Count == 1 ? Left
                    : shown.Count <= 32 ? Right
                    : Side(shown[1][1])
            )
        );
}
