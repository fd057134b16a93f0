using Agents.Kernels;
using Agents.Networks;
using Agents.Networks.Encoders;
using Agents.Programs;
using Agents.Yaml;
using Environments.Spaces;
using Xunit;

namespace Tests.AgentTests.Networks;

public sealed class EncoderPlanTests
{
    [Fact]
    public void Plan_SmallImage_IsTheNetworkOfMinAtar()
    {
        NetworkSpec spec = ImageSpecs.Flags(new NetworkSettings());

        Assert.Equal([new ConvolutionShape(10, 10, 4, 3, 1, 16)], spec.Plan.Convolutions[0]);
        Assert.Equal([128], spec.Plan.HiddenSizes);
        Assert.Equal((Activation.Relu, 1), (spec.Plan.Activation, spec.Trunks.Count));
        Assert.Equal(8 * 8 * 16, spec.Plan.EncodedSize);
        // 3 × 3 × 4 × 16 + 16, 1024 × 128 + 128, and heads of 6 and 1.
        Assert.Equal(592 + 131_200 + 129 * 7, new ParameterLayout(spec).Count);
    }

    [Fact]
    public void Plan_FourFramesOf84x84_IsTheNetworkOfAtari()
    {
        NetworkSpec spec = ImageSpecs.Atari();

        Assert.Equal(
            [
                new ConvolutionShape(84, 84, 4, 8, 4, 32),
                new ConvolutionShape(20, 20, 32, 4, 2, 64),
                new ConvolutionShape(9, 9, 64, 3, 1, 64),
            ],
            spec.Plan.Convolutions[0]
        );
        Assert.Equal([512], spec.Plan.HiddenSizes);
        Assert.Equal(7 * 7 * 64, spec.Plan.EncodedSize);
    }

    [Fact]
    public void Plan_Vector_StaysWithTwoSeparateDenseLayers()
    {
        var spec = new NetworkSpec(new Box(-1, 1, 8), new Discrete(2), new NetworkSettings());

        Assert.Equal([64, 64], spec.Plan.HiddenSizes);
        Assert.Equal((Activation.Tanh, 2), (spec.Plan.Activation, spec.Trunks.Count));
        Assert.Empty(spec.Plan.Convolutions[0]);
    }

    [Theory]
    [InlineData(EncoderKind.Auto, true, true, 10, 10, 4)]
    [InlineData(EncoderKind.Auto, true, true, 2, 8, 8, 3)]
    [InlineData(EncoderKind.Auto, false, true, 8, 8)]
    [InlineData(EncoderKind.Auto, false, true, 2, 2, 3)]
    [InlineData(EncoderKind.Auto, true, false, 10, 10, 1)]
    [InlineData(EncoderKind.Auto, true, false, 4, 12, 12)]
    [InlineData(EncoderKind.Auto, false, false, 4, 8)]
    [InlineData(EncoderKind.Auto, false, false, 2, 2, 3)]
    [InlineData(EncoderKind.ConvBytes, true, true, 10, 10, 4)]
    [InlineData(EncoderKind.ConvBytes, false, false, 10, 10, 4)]
    [InlineData(EncoderKind.Mlp, false, true, 10, 10, 4)]
    [InlineData(EncoderKind.Conv, true, true, 8, 8)]
    [InlineData(EncoderKind.Conv, true, false, 10, 10, 4)]
    public void Plan_Encoder_ConvolvesWhatItSays(EncoderKind encoder, bool convolves, bool bytes, params int[] shape)
    {
        var box = new Box(0, 1, shape) { ElementType = bytes ? ElementType.UInt8 : ElementType.Float32 };

        EncoderPlan plan = new(box, new EncoderSettings(encoder, null, null, null));

        Assert.Equal(convolves ? 1 : 0, plan.Convolutions[0].Length);
    }

    [Theory]
    [InlineData("10 10 4", "1 10 10 4")]
    [InlineData("10 10 10", "1 10 10 10")]
    [InlineData("3 3 27", "1 3 3 27")]
    [InlineData("210 160 3", "1 210 160 3")]
    [InlineData("4 84 84", "4 84 84 1")]
    [InlineData("4 210 160", "4 210 160 1")]
    [InlineData("2 7 7 3", "2 7 7 3")]
    [InlineData("9 5", "1 9 5 1")]
    public void Of_Shape_FindsSidesFramesAndChannels(string shape, string expected)
    {
        int[] sizes = [.. shape.Split(' ').Select(int.Parse)];

        ImageShape image = ImageShape.Of(new Box(0, 1, sizes))!.Value;

        Assert.Equal(expected, $"{image.Frames} {image.Height} {image.Width} {image.Channels}");
    }

    [Fact]
    public void Of_OneOrFiveDimensions_IsNoImage()
    {
        Assert.Null(ImageShape.Of(new Box(0, 1, 9)));
        Assert.Null(ImageShape.Of(new Box(0, 1, 1, 2, 3, 4, 5)));
    }

    [Fact]
    public void Settings_WrittenOut_BuildTheSameEncoder()
    {
        NetworkSpec spec = ImageSpecs.SymbolsBesideInteger();

        NetworkSettings settings = spec.ResolvedSettings;

        Assert.NotNull(settings.Convolutions);
        Assert.Equal(settings, (spec with { Settings = settings }).ResolvedSettings);
        Assert.Equal(
            new ParameterLayout(spec).Slots.Select(slot => slot.Name),
            new ParameterLayout(spec with { Settings = settings }).Slots.Select(slot => slot.Name)
        );
    }

    [Theory]
    [InlineData("two dense", EncoderKind.Conv, 3, "holds no image")]
    [InlineData("vector", EncoderKind.Auto, 3, "network.convolutions are given, but")]
    [InlineData("image", EncoderKind.Mlp, 3, "network.encoder is mlp")]
    [InlineData("image", EncoderKind.Auto, 11, "a kernel of 11 × 11 for an image of 10 × 10")]
    public void Plan_ImpossibleSettings_SayWhatIsWrong(string space, EncoderKind encoder, int kernel, string expected)
    {
        var settings = new NetworkSettings
        {
            Encoder = encoder,
            Convolutions = space == "two dense" ? null : [new ConvolutionSettings { Kernel = kernel }],
        };
        Box observations = space == "image" ? ImageSpecs.Bytes(1, 10, 10, 4) : new Box(-1, 1, 4);

        SettingsException exception = Assert.Throws<SettingsException>(() => new EncoderPlan(observations, settings.OfEncoder));

        Assert.Contains(expected, exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void EncodeRows_Pixels_AreScaledAndFramesBecomeChannels()
    {
        // Two frames of 2 × 3 pixels.
        var space = new Box(0, 255, 2, 2, 3, 1) { ElementType = ElementType.UInt8 };
        var plan = new EncoderPlan(
            space,
            new EncoderSettings(EncoderKind.Conv, [new ConvolutionSettings { Kernel = 1 }], null, null)
        );
        float[] frames = [0, 51, 102, 153, 204, 255, 255, 204, 153, 102, 51, 0];
        var features = new float[12];

        plan.Features.EncodeRows(frames, features);

        float[] expected = [0, 1, .2f, .8f, .4f, .6f, .6f, .4f, .8f, .2f, 1, 0];
        Assert.All(expected.Zip(features), pair => Assert.Equal(pair.First, pair.Second, 1e-6));
    }

    [Fact]
    public void EncodeRows_Flags_AreTheObservationItself() =>
        Assert.True(ImageSpecs.Flags(new NetworkSettings()).Plan.Features.AreObservations);

    [Fact]
    public void EncodeRows_Symbols_AreOneHotByChannel()
    {
        NetworkSpec spec = ImageSpecs.SymbolsBesideInteger();
        var observation = new float[spec.ObservationSize];
        observation[0] = 2; // direction
        observation[1 + 3] = 10; // pixel (0, 1): type, colour, state
        observation[1 + 4] = 5;
        observation[1 + 5] = 2;
        var features = new float[spec.FeatureSize];

        spec.Plan.Features.EncodeRows(observation, features);

        Assert.Equal(4 + 49 * (11 + 6 + 3), spec.FeatureSize);
        Assert.Equal([0, 0, 1, 0], features[..4]);
        Assert.Equal(1 + 49 * 3, features.Sum());
        Assert.Equal([10, 11 + 5, 11 + 6 + 2], Enumerable.Range(0, 20).Where(i => features[4 + 20 + i] == 1));
    }

    [Fact]
    public void Unroll_ByteOutsideTheSymbols_SaysWhatBelongsThere()
    {
        NetworkSpec spec = ImageSpecs.StackedSymbols(EncoderKind.Auto);
        using IActorCriticNetwork network = new ProgramNetwork(spec);
        var observation = new float[spec.ObservationSize];
        observation[1] = 6; // a colour

        ArgumentException exception = Assert.Throws<ArgumentException>(() =>
            network.Unroll(1, observation, [true], [], new float[7], [])
        );

        Assert.Contains("0 to 5", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Slots_TwoImages_AreNamedAfterTheirEntries()
    {
        var names = new ParameterLayout(ImageSpecs.TwoImages()).Slots.Select(slot => slot.Name).ToArray();

        Assert.Equal(
            [
                "encoder.map.conv.0.weight",
                "encoder.map.conv.0.bias",
                "encoder.camera.conv.0.weight",
                "encoder.camera.conv.0.bias",
                "encoder.0.weight",
            ],
            names[..5]
        );
        Assert.Equal(
            [16, 3, 3, 4],
            new ParameterLayout(ImageSpecs.Flags(new NetworkSettings { SharedTrunk = false }))[
                "actor.encoder.conv.0.weight"
            ].Shape
        );
    }
}
