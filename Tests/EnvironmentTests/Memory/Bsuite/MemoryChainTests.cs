using Environments;
using Environments.Memory.Bsuite;
using Tests.Contracts;
using Xunit;

namespace Tests.EnvironmentTests.Memory.Bsuite;

public sealed class MemoryChainTests : EnvironmentContract<MemoryChain>
{
    protected override string Id => "Memory/MemoryChain-v0?length=2&bits=5";

    protected override double RandomReturnTolerance => 0.07;

    protected override int RandomEpisodes => 4000;

    protected override MemoryChain Create() => new(2, 5);

    [Theory]
    [InlineData("length=1")]
    [InlineData("length=30")]
    [InlineData("length=2&bits=40")]
    [InlineData("length=5&bits=64")]
    public void Step_PlayerWithMemory_ReachesTheOptimum(string options) =>
        Assert.Equal(
            1,
            ScriptedPlayer.MeanReturn(
                $"Memory/MemoryChain-v0?{options}",
                50,
                shown => shown[0][2 + (int)shown[^1][1]] > 0 ? 1 : 0
            )
        );

    [Fact]
    public void Step_TwoStepsOneBit_ShowsTheDocumentedTable()
    {
        using IBatchedEnvironment batch = EnvironmentRegistry.Default.Make("Memory/MemoryChain-v0?length=2");
        batch.Reset(1);
        float bit = batch.Observations[2];
        Assert.Equal(1, Math.Abs(bit));
        Assert.Equal([1, 0, bit], batch.Observations);
        batch.Step([0]);
        Assert.Equal([1, 0, bit], batch.Observations);
        batch.Step([0]);
        Assert.Equal([0.5f, 0, 0], batch.Observations);
        Assert.Equal((0, false), (batch.Rewards[0], batch.Terminated[0]));
        batch.Step([0]);
        Assert.Equal([0, 0, 0], batch.FinalObservations);
        Assert.Equal((-bit, true), (batch.Rewards[0], batch.Terminated[0]));
    }

    [Fact]
    public void Reset_ManyEpisodes_AsksForEveryBit()
    {
        var asked = new HashSet<float>();
        ScriptedPlayer.MeanReturn(
            Id,
            200,
            shown =>
            {
                asked.Add(shown.Count == 3 ? shown[2][1] : 0);
                return 0;
            }
        );
        Assert.Equal([0, 1, 2, 3, 4], asked.Order());
    }
}
