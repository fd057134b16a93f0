using Environments;
using Environments.Spaces;
using Environments.State;
using Environments.Wrappers;
using Xunit;

namespace Tests.EnvironmentTests.Wrappers;

public sealed class ScaleTests
{
    [Fact]
    public void Step_ScaledObservations_AreMultipliedWithTheirBoundsAndFinalOnes()
    {
        using var environment = new ObservationScale(CountingEnvironment.Make(1, 2, 2), 0.5f);
        Assert.Equal(new Box(0, 500, 2), environment.Spec.ObservationSpace);
        environment.Reset(0);
        environment.Step([6]);
        Assert.Equal([0.5f, 3], environment.Observations);
        environment.Step([8]);
        Assert.Equal([1, 4], environment.FinalObservations);
        Assert.Equal([0, 0], environment.Observations);
    }

    [Fact]
    public void Spec_ScaledBytes_AreFloats()
    {
        var spec = new EnvironmentSpec("Scripted-v0", new Box(0, 255, 1) { ElementType = ElementType.UInt8 }, new Discrete(2));
        using var environment = new ObservationScale(new ScriptedEnvironment(0) { Spec = spec }, 1 / 255f);
        var box = Assert.IsType<Box>(environment.Spec.ObservationSpace);
        Assert.Equal(ElementType.Float32, box.ElementType);
        Assert.Equal(1, box.High[0], 1e-6f);
    }

    [Fact]
    public void LoadState_ScaledObservations_AreShownAgain()
    {
        using var original = new ObservationScale(CountingEnvironment.Make(2, 9, 9), 0.25f);
        original.Reset(0);
        original.Step([4, 8]);
        var state = new StateDictionary();
        original.SaveState(state);
        using var restored = new ObservationScale(CountingEnvironment.Make(2, 9, 9), 0.25f);
        restored.LoadState(state);
        Assert.Equal(original.Observations, restored.Observations);
    }

    [Fact]
    public void Step_ScaledRewards_LeaveTheScoresBelowRaw()
    {
        var statistics = new EpisodeStatistics(CountingEnvironment.Make(1, 3, 3));
        using var environment = new RewardScale(statistics, 0.1f);
        environment.Reset(0);
        environment.Step([0]);
        environment.Step([0]);
        Assert.Equal(0.2f, environment.Rewards[0], 1e-6f);
        environment.Step([0]);
        Assert.Equal(6, statistics.Completed[0].Return);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    public void Create_ImpossibleFactor_Throws(float factor)
    {
        using BatchedEnvironment<CountingEnvironment> inner = CountingEnvironment.Make(1, 2, 2);
        Assert.Throws<ArgumentOutOfRangeException>(() => new RewardScale(inner, factor));
        Assert.Throws<ArgumentOutOfRangeException>(() => new ObservationScale(inner, factor));
    }
}
