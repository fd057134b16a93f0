using Agents.Networks;
using Agents.Networks.Encoders;
using Agents.Programs;
using Environments.Randomness;
using Environments.Spaces;
using Xunit;

namespace Tests.AgentTests.Networks;

/// <summary>Every engine computes the same numbers from the same specification and parameters.</summary>
public sealed class EngineContractTests
{
    private static readonly Box Vector = new(-5, 5, 6);

    public static TheoryData<string> Specifications => [.. Cases.Keys];

    private static Dictionary<string, NetworkSpec> Cases { get; } =
        new()
        {
            ["categorical, separate"] = new(Vector, new Discrete(3), new NetworkSettings()),
            ["categorical, shared, relu"] = new(
                Vector,
                new Discrete(3),
                new NetworkSettings
                {
                    SharedTrunk = true,
                    Activation = Activation.Relu,
                    HiddenSizes = [33, 17, 5],
                }
            ),
            ["multi-categorical"] = new(Vector, new MultiDiscrete(2, 4), new NetworkSettings { HiddenSizes = [20] }),
            ["bits"] = new(Vector, new MultiBinary(3), new NetworkSettings { HiddenSizes = [7] }),
            ["gaussian"] = new(Vector, new Box(-1, 1, 2), new NetworkSettings { InitialLogStd = -0.3f }),
            ["gaussian, shared"] = new(Vector, new Box(-1, 1, 2), new NetworkSettings { SharedTrunk = true }),
            ["lstm"] = new(
                Vector,
                new Discrete(3),
                new NetworkSettings
                {
                    HiddenSizes = [16],
                    Core = "lstm",
                    CoreSize = 12,
                }
            ),
            ["lstm, shared, gaussian"] = new(
                Vector,
                new Box(-1, 1, 2),
                new NetworkSettings
                {
                    HiddenSizes = [],
                    SharedTrunk = true,
                    Core = "lstm",
                    CoreSize = 9,
                }
            ),
            ["gru"] = new(
                Vector,
                new Discrete(3),
                new NetworkSettings
                {
                    HiddenSizes = [16],
                    Core = "gru",
                    CoreSize = 12,
                }
            ),
            ["gru, shared, gaussian"] = new(
                Vector,
                new Box(-1, 1, 2),
                new NetworkSettings
                {
                    HiddenSizes = [10],
                    SharedTrunk = true,
                    Core = "gru",
                    CoreSize = 21,
                }
            ),
            ["flags"] = ImageSpecs.Flags(new NetworkSettings()),
            ["flags, two convolutions, separate, tanh"] = ImageSpecs.Flags(ImageSpecs.TwoConvolutions),
            ["flags, lstm"] = ImageSpecs.Flags(new NetworkSettings { Core = "lstm", CoreSize = 12 }),
            ["flags, convolution alone"] = ImageSpecs.Flags(new NetworkSettings { HiddenSizes = [], SharedTrunk = false }),
            ["flags, dense layers only"] = ImageSpecs.Flags(new NetworkSettings { Encoder = EncoderKind.Mlp }),
            ["pixels, odd sizes"] = ImageSpecs.Pixels(),
            ["84 x 84, stacked"] = ImageSpecs.Atari(),
            ["symbols beside an integer"] = ImageSpecs.SymbolsBesideInteger(),
            ["stacked symbols, dense layers only"] = ImageSpecs.StackedSymbols(EncoderKind.Mlp),
            ["stacked symbols"] = ImageSpecs.StackedSymbols(EncoderKind.Auto),
            ["two images, shared gru"] = ImageSpecs.TwoImages(),
            ["real image, by name"] = ImageSpecs.RealImage(),
            ["many integers"] = new(new Discrete(500), new Discrete(6), new NetworkSettings()),
            ["view of a dictionary"] = ViewSpecs.Dictionary(),
            ["view of integers, gru"] = ViewSpecs.Integers(),
            ["view of a vector"] = ViewSpecs.Vector(),
            ["table"] = ViewSpecs.Table(),
            ["table, shared, gaussian"] = ViewSpecs.Table() with
            {
                ActionSpace = new Box(-1, 1, 2),
                Settings = ViewSpecs.Table().Settings with { SharedTrunk = true },
            },
            ["table, hidden layer"] = ViewSpecs.Table(8),
            ["table, hidden layer, gru"] = ViewSpecs.Table(8, "gru"),
            ["no hidden layer"] = new(Vector, new Discrete(2), new NetworkSettings { HiddenSizes = [] }),
            ["integer observation"] = new(new Discrete(6), new Discrete(2), new NetworkSettings { HiddenSizes = [8] }),
            ["dictionary observation"] = new(
                new Dict(
                    KeyValuePair.Create<string, Space>("where", new MultiDiscrete(3, 2)),
                    KeyValuePair.Create<string, Space>("speed", new Box(-1, 1, 2))
                ),
                new Discrete(2),
                new NetworkSettings { HiddenSizes = [8] }
            ),
        };

    [Theory]
    [MemberData(nameof(Specifications))]
    public void Unroll_ManagedAndTorch_Agree(string name)
    {
        NetworkSpec spec = Cases[name];
        const int steps = 3;
        const int copies = 5;
        var random = new Pcg64(11);
        float[] parameters = ParameterInitializer.Create(new ParameterLayout(spec), ref random);
        ImageSpecs.Disturb(new ParameterLayout(spec), parameters, 0.1f, ref random); // biases and policy head far enough from 0 to matter
        using IActorCriticNetwork managed = new ProgramNetwork(spec);
        managed.LoadParameters(parameters);
        using IActorCriticNetwork torch = TorchNetworks.Create(spec, parameters);
        var observations = new float[steps * copies * spec.ObservationSize];
        for (int row = 0; row < steps * copies; row++)
        {
            ImageSpecs.Sample(
                spec.ObservationSpace,
                ref random,
                observations.AsSpan(row * spec.ObservationSize, spec.ObservationSize)
            );
        }
        int size = steps * copies * spec.DistributionSize;
        (float[] managedDistributions, float[] managedValues) = (new float[size], new float[steps * copies]);
        (float[] torchDistributions, float[] torchValues) = (new float[size], new float[steps * copies]);

        bool[] starts = [.. Enumerable.Range(0, steps * copies).Select(i => i is 1 or 7 or 8)];
        float[] managedState = [.. Enumerable.Range(0, copies * spec.CoreStateSize).Select(i => 0.1f * (i % 7))];
        float[] torchState = (float[])managedState.Clone();

        managed.Unroll(steps, observations, starts, managedState, managedDistributions, managedValues);
        torch.Unroll(steps, observations, starts, torchState, torchDistributions, torchValues);

        Assert.All(managedState.Zip(torchState), pair => Assert.Equal(pair.Second, pair.First, 1e-5));

        Assert.All(managedDistributions.Zip(torchDistributions), pair => Assert.Equal(pair.Second, pair.First, 1e-5));
        Assert.All(managedValues.Zip(torchValues), pair => Assert.Equal(pair.Second, pair.First, 1e-5));
        Assert.True(managedDistributions.Distinct().Count() > 2, "the outputs must depend on the observations");
    }

    [Theory]
    [InlineData("categorical, separate")]
    [InlineData("flags")]
    [InlineData("flags, two convolutions, separate, tanh")]
    [InlineData("pixels, odd sizes")]
    [InlineData("symbols beside an integer")]
    public void Unroll_RowsOneByOneOrTogether_GiveTheSameBits(string name)
    {
        NetworkSpec spec = Cases[name];
        const int rows = 71;
        int size = spec.DistributionSize;
        var random = new Pcg64(2);
        using IActorCriticNetwork network = new ProgramNetwork(spec);
        network.LoadParameters(ParameterInitializer.Create(new ParameterLayout(spec), ref random));
        var observations = new float[rows * spec.ObservationSize];
        for (int row = 0; row < rows; row++)
        {
            ImageSpecs.Sample(
                spec.ObservationSpace,
                ref random,
                observations.AsSpan(row * spec.ObservationSize, spec.ObservationSize)
            );
        }
        var together = new float[rows * size];
        var one = new float[size];
        network.Unroll(1, observations, new bool[rows], [], together, new float[rows]);

        for (int row = 0; row < rows; row++)
        {
            network.Unroll(
                1,
                observations.AsSpan(row * spec.ObservationSize, spec.ObservationSize),
                [false],
                [],
                one,
                new float[1]
            );

            Assert.Equal(together.AsSpan(row * size, size).ToArray(), one);
        }
    }

    [Fact]
    public void Encode_IntegerOutsideItsSpace_SaysWhatIsWrong()
    {
        NetworkSpec spec = Cases["integer observation"];
        using IActorCriticNetwork network = new ProgramNetwork(spec);

        ArgumentException exception = Assert.Throws<ArgumentException>(() =>
            network.Unroll(1, [6], [true], [], new float[2], new float[1])
        );

        Assert.Contains("0 to 5", exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("lstm")]
    [InlineData("lstm, shared, gaussian")]
    [InlineData("gru")]
    [InlineData("gru, shared, gaussian")]
    public void Unroll_StepByStep_EqualsTheWholeSequenceAndForgetsAtEpisodeStarts(string name)
    {
        NetworkSpec spec = Cases[name];
        const int steps = 6;
        const int copies = 3;
        var random = new Pcg64(8);
        using IActorCriticNetwork network = new ProgramNetwork(spec);
        network.LoadParameters(ParameterInitializer.Create(new ParameterLayout(spec), ref random));
        var observations = new float[steps * copies * spec.ObservationSize];
        foreach (ref float value in observations.AsSpan())
        {
            value = (float)random.NextGaussian();
        }
        var starts = new bool[steps * copies];
        starts[0] = starts[1] = starts[2] = true;
        starts[3 * copies + 1] = true;
        var wholeState = new float[copies * spec.CoreStateSize];
        var whole = new float[steps * copies];
        network.Unroll(steps, observations, starts, wholeState, new float[steps * copies * spec.DistributionSize], whole);

        var state = new float[copies * spec.CoreStateSize];
        var values = new float[copies];
        int row = copies * spec.ObservationSize;
        for (int t = 0; t < steps; t++)
        {
            network.Unroll(
                1,
                observations.AsSpan(t * row, row),
                starts.AsSpan(t * copies, copies),
                state,
                new float[copies * spec.DistributionSize],
                values
            );

            Assert.Equal(whole.AsSpan(t * copies, copies).ToArray(), values);
        }
        Assert.Equal(wholeState, state);

        // What came before an episode's start does not matter behind it.
        observations[spec.ObservationSize] += 5; // step 0 of copy 1, whose episode starts anew in step 3
        observations[2 * spec.ObservationSize] += 5; // step 0 of copy 2, which goes on
        var changed = new float[steps * copies];
        network.Unroll(
            steps,
            observations,
            starts,
            new float[wholeState.Length],
            new float[steps * copies * spec.DistributionSize],
            changed
        );
        Assert.Equal(whole[4 * copies + 1], changed[4 * copies + 1]);
        Assert.NotEqual(whole[4 * copies + 2], changed[4 * copies + 2]);
    }
}
