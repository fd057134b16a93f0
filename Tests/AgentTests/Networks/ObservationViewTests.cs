using Agents.Networks;
using Agents.Networks.Encoders;
using Agents.Yaml;
using Environments.Randomness;
using Environments.Spaces;
using Xunit;

namespace Tests.AgentTests.Networks;

/// <summary>A network reads the parts of an observation that its view names, and nothing else of it.</summary>
public sealed class ObservationViewTests
{
    [Fact]
    public void EncodeRows_PartsOfADictionary_AreEncodedInTheOrderOfTheObservation()
    {
        var space = new Dict(
            KeyValuePair.Create<string, Space>("cell", new Discrete(3)),
            KeyValuePair.Create<string, Space>("vector", new Box(-9, 9, 4)),
            KeyValuePair.Create<string, Space>("keys", new MultiDiscrete(2, 5, 3)),
            KeyValuePair.Create<string, Space>("bytes", new Box([0, 0, 0], [255, 255, 4]) { ElementType = ElementType.UInt8 })
        );
        ObservationFeatures features = Features(space, "keys:2", "vector:1", "vector:2-3", "bytes:2", "keys:0");
        float[] rows =
        [
            2,
            10,
            11,
            12,
            13,
            1,
            4,
            2,
            100,
            200,
            3, /**/
            0,
            20,
            21,
            22,
            23,
            0,
            0,
            1,
            0,
            0,
            0,
        ];
        var encoded = new float[2 * features.Size];

        features.EncodeRows(rows, encoded);

        // Three numbers as they are, two integers one-hot, and a byte that is a symbol where the large ones are left out.
        Assert.Equal(
            [
                11,
                12,
                13,
                0,
                1,
                0,
                0,
                1,
                0,
                0,
                0,
                1,
                0, /**/
                21,
                22,
                23,
                1,
                0,
                0,
                1,
                0,
                1,
                0,
                0,
                0,
                0,
            ],
            encoded
        );
        Assert.Equal(["vector", "keys", "keys", "bytes"], features.Parts.Select(part => part.Name));
        Assert.False(features.AreObservations);
    }

    [Fact]
    public void AreObservations_NothingIsLeftOut_IsTrue()
    {
        var vector = new Box(-1, 1, 4);

        Assert.True(Features(vector, "2-3", "0-1").AreObservations);
        Assert.False(Features(vector, "0-2").AreObservations);
        Assert.False(Features(new MultiBinary(3), "1-2").AreObservations);
        Assert.True(Features(new MultiBinary(3), "0-2").AreObservations);
    }

    public static TheoryData<string> Networks => ["dictionary", "integers", "vector", "table", "table with units"];

    [Theory]
    [MemberData(nameof(Networks))]
    public void Unroll_OneNumberChanges_MattersWhereItIsSeenAndNowhereElse(string name)
    {
        (NetworkSpec spec, int[] seen) = name switch
        {
            "dictionary" => (ViewSpecs.Dictionary(), (int[])[.. Enumerable.Range(0, 40), 41, 42, 45]),
            "integers" => (ViewSpecs.Integers(), (int[])[0, 2, 3]),
            "vector" => (ViewSpecs.Vector(), (int[])[0, 2]),
            "table" => (ViewSpecs.Table(), (int[])[0, 3, 5, 6]),
            "table with units" => (ViewSpecs.Table(8), (int[])[0, 3, 5, 6]),
            _ => throw new ArgumentException(name),
        };
        var random = new Pcg64(3);
        var layout = new ParameterLayout(spec);
        float[] parameters = ParameterInitializer.Create(layout, ref random);
        ImageSpecs.Disturb(layout, parameters, 0.3f, ref random);
        using IActorCriticNetwork network = new ProgramNetwork(spec, parameters);
        var row = new float[spec.ObservationSize];
        var other = new float[row.Length];
        ImageSpecs.Sample(spec.ObservationSpace, ref random, row);
        float[] before = Outputs(network, row);
        for (int place = 0; place < row.Length; place++)
        {
            do
            {
                ImageSpecs.Sample(spec.ObservationSpace, ref random, other);
            } while (other[place] == row[place]);
            float[] changed = [.. row];
            changed[place] = other[place];

            float[] outputs = Outputs(network, changed);

            if (seen.Contains(place))
            {
                Assert.True(before[0] != outputs[0] && before[^1] != outputs[^1], $"number {place} changes nothing");
            }
            else
            {
                Assert.Equal(before, outputs);
            }
        }
    }

    public static TheoryData<Space, string[], string> Mistakes =>
        new()
        {
            { new Box(-1, 1, 4), [], "network.view: the list is empty" },
            { new Box(-1, 1, 4), ["4"], "'4' goes beyond Box(-1, 1, [4]), whose places are 0 to 3" },
            { new Box(-1, 1, 4), ["0-99999999999"], "'0-99999999999' names no place" },
            { new Box(-1, 1, 4), ["-1"], "'-1' names no place in Box(-1, 1, [4]). Give one such as 0, or several such as 0-3" },
            { new Box(-1, 1, 4), ["1-2-3"], "'1-2-3' names no place" },
            { new Box(-1, 1, 4), ["speed"], "'speed' names no place" },
            { new Box(-1, 1, 4), [""], "'' names no place" },
            { new Box(-1, 1, 4), ["3-2"], "'3-2' ends before it begins" },
            { new MultiDiscrete(2, 3), ["1", "1"], "'1' and '1' name the same numbers" },
            { new MultiBinary(5), ["2", "0-2"], "'2' and '0-2' name the same numbers" },
            { new Box(-1, 1, 2, 2), ["1"], "'1' names places in Box(-1, 1, [2, 2]), which is no vector. Leave the setting out" },
            { new Discrete(5), ["0"], "'0' names places in Discrete(5), which is no vector" },
            { Named, ["vektor"], "there is no entry 'vektor' in the observation. Did you mean 'vector'? Known: cell, vector" },
            { Named, ["vektor:1"], "there is no entry 'vektor' in the observation. Did you mean 'vector'?" },
            { Named, ["1"], "there is no entry '1' in the observation" },
            { Named, ["cell:0"], "'cell:0' names places in Discrete(3), which is no vector. Name 'cell' as a whole" },
            { Named, ["vector", "vector:1"], "'vector:1' and 'vector' name the same numbers" },
            { Named, ["vector:"], "'vector:' names no place" },
        };

    private static Dict Named { get; } =
        new(
            KeyValuePair.Create<string, Space>("cell", new Discrete(3)),
            KeyValuePair.Create<string, Space>("vector", new Box(-1, 1, 4))
        );

    [Theory]
    [MemberData(nameof(Mistakes))]
    public void Plan_ViewThatCannotBe_SaysWhatIsWrong(Space space, string[] view, string expected)
    {
        var spec = new NetworkSpec(space, new Discrete(2), new NetworkSettings { View = view });

        SettingsException exception = Assert.Throws<SettingsException>(() => spec.Plan);

        Assert.StartsWith("network.view: ", exception.Message, StringComparison.Ordinal);
        Assert.Contains(expected, exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Slots_ImageOfADictionary_KeepsItsName() =>
        Assert.Contains(
            "encoder.image.conv.0.weight",
            new ParameterLayout(ViewSpecs.Dictionary()).Slots.Select(slot => slot.Name)
        );

    [Fact]
    public void Settings_OtherView_AreOthers()
    {
        var settings = new NetworkSettings { View = ["0", "2"] };

        Assert.Equal(settings, new NetworkSettings { View = ["0", "2"] });
        Assert.NotEqual(settings, new NetworkSettings { View = ["0", "3"] });
        Assert.NotEqual(settings, new NetworkSettings());
        Assert.Equal(["0", "2"], (ViewSpecs.Vector() with { Settings = settings }).ResolvedSettings.View!);
    }

    private static ObservationFeatures Features(Space space, params string[] view) =>
        new EncoderPlan(space, new NetworkSettings { View = view }.OfEncoder).Features;

    // Parameters of the distribution, then the value.
    private static float[] Outputs(IActorCriticNetwork network, float[] row)
    {
        var distribution = new float[network.Spec.DistributionSize];
        var value = new float[1];
        network.Unroll(1, row, [true], new float[network.Spec.CoreStateSize], distribution, value);
        return [.. distribution, .. value];
    }
}
