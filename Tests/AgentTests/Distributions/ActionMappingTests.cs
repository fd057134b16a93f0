using Agents.Distributions;
using Environments.Spaces;
using Xunit;

namespace Tests.AgentTests.Distributions;

public sealed class ActionMappingTests
{
    [Fact]
    public void Apply_BoxThatIsNotScaled_ClipsEachComponentToItsOwnBounds()
    {
        var mapping = new ActionMapping(new Box([-1, -2], [1, 2]), scales: false);
        var actions = new float[6];

        mapping.Apply([-7, 1.5f, float.PositiveInfinity, -2.5f, float.NaN, 0], actions);

        Assert.Equal([-1, 1.5f, 1, -2, float.NaN, 0], actions);
    }

    [Theory]
    [InlineData(0, 500)]
    [InlineData(1, 1000)]
    [InlineData(-1, 0)]
    [InlineData(0.4f, 700)]
    [InlineData(9, 1000)]
    public void Apply_ScaledBox_TakesOneForABound(float sample, float expected)
    {
        var action = new float[1];

        new ActionMapping(new Box(0, 1000, 1), scales: true).Apply([sample], action);

        Assert.Equal(expected, action[0], 1e-3f);
    }

    [Fact]
    public void Apply_ScaledBoxWithComponentsWithoutBounds_LeavesThoseAsTheyAre()
    {
        var box = new Box([float.NegativeInfinity, 0, -float.MaxValue, 3], [float.PositiveInfinity, 20, float.MaxValue, 3]);
        var action = new float[4];

        new ActionMapping(box, scales: true).Apply([0.5f, 0.5f, 0.5f, 0.5f], action);

        Assert.Equal([0.5f, 15, 0.5f, 3], action);
    }

    [Fact]
    public void Apply_BytesForActions_AreWholeNumbers()
    {
        var box = new Box(0, 255, 3) { ElementType = ElementType.UInt8 };
        var action = new float[3];

        new ActionMapping(box, scales: false).Apply([3.4f, 254.6f, 300], action);

        Assert.Equal([3, 255, 255], action);
    }

    [Theory]
    [InlineData(-1f, 1f, false)]
    [InlineData(-2f, 2f, false)]
    [InlineData(-0.4f, 0.4f, false)]
    [InlineData(-3f, 3f, false)]
    [InlineData(0f, 1f, false)]
    [InlineData(float.NegativeInfinity, float.PositiveInfinity, false)]
    [InlineData(0f, float.PositiveInfinity, false)]
    [InlineData(-float.MaxValue, float.MaxValue, false)]
    [InlineData(0f, 1000f, true)]
    [InlineData(-50f, 50f, true)]
    [InlineData(-0.01f, 0.01f, true)]
    [InlineData(5f, 7f, true)]
    public void ScalesByDefault_Bounds_WhereANewPolicyWouldHardlyExploreThem(float low, float high, bool expected) =>
        Assert.Equal(expected, ActionMapping.ScalesByDefault(new Box(low, high, 1)));

    [Fact]
    public void Apply_SpaceOfIntegers_IsACopy()
    {
        var action = new float[2];

        new ActionMapping(new MultiDiscrete(2, 3), scales: true).Apply([1, 2], action);

        Assert.Equal([1, 2], action);
        Assert.False(ActionMapping.ScalesByDefault(new MultiDiscrete(2, 3)));
    }
}
