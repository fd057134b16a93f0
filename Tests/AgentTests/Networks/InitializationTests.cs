using Agents.Networks;
using Environments.Randomness;
using Environments.Spaces;
using Xunit;

namespace Tests.AgentTests.Networks;

/// <summary>Rules by which weights begin, where settings choose them.</summary>
public sealed class InitializationTests
{
    [Theory]
    [InlineData("encoder.0.weight", 0.5)] // √(2 / 8)
    [InlineData("encoder.1.weight", 0.1)] // √(2 / 200)
    [InlineData("heads.answer.weight", 0.0707)] // √(1 / 200)
    public void He_DeviationIsTheGainOverTheRootOfTheInputs(string name, double deviation)
    {
        var settings = new NetworkSettings { HiddenSizes = [200, 200], Initialization = WeightInitialization.He };

        Assert.Equal(1, Deviation(new Box(-1, 1, 8), settings, name) / deviation, 0.05);
    }

    [Fact]
    public void He_OneHotInputs_CountOneNumberOfEach()
    {
        var settings = new NetworkSettings { HiddenSizes = [300], Initialization = WeightInitialization.He };

        Assert.Equal(Math.Sqrt(2), Deviation(new Discrete(30), settings, "encoder.0.weight"), 0.05);
        Assert.Equal(1, Deviation(new MultiDiscrete(20, 30), settings, "encoder.0.weight"), 0.05);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1.5)]
    public void Lstm_ForgetBias_IsThatOfTheForgetGateAlone(float bias)
    {
        var settings = new NetworkSettings
        {
            Core = "lstm",
            CoreSettings = new Agents.Networks.Cores.LstmSettings { ForgetBias = bias },
            CoreSize = 3,
        };

        float[] found = Parameters(new Box(-1, 1, 2), settings, "core.hidden.bias");

        Assert.Equal((float[])[0, 0, 0, bias, bias, bias, 0, 0, 0, 0, 0, 0], found);
    }

    private static double Deviation(Space inputs, NetworkSettings settings, string name) =>
        Math.Sqrt(Parameters(inputs, settings, name).Average(weight => (double)weight * weight));

    private static float[] Parameters(Space inputs, NetworkSettings settings, string name)
    {
        HeadSettings[] heads = [new HeadSettings { Name = "answer", Size = 100 }];
        var layout = new ParameterLayout(NetworkSpec.WithoutPolicy(inputs, settings with { Heads = heads }));
        var random = new Pcg64(7);
        return layout[name].In(ParameterInitializer.Create(layout, ref random).AsSpan()).ToArray();
    }
}
