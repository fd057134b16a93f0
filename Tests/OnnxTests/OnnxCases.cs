using Agents.Networks;
using Agents.Networks.Encoders;
using Agents.Policies;
using Environments.Spaces;
using Tests.AgentTests.Networks;
using Tests.AgentTests.Networks.Cores;

namespace Tests.OnnxTests;

/// <summary>Policies by name: every core of the table, every encoder, every kind of actions, and mixtures.</summary>
internal static class OnnxCases
{
    private static readonly NetworkSettings Small = new() { HiddenSizes = [8, 6] };

    public static IReadOnlyDictionary<string, Func<SavedPolicy>> All { get; } =
        Cores().Concat(Encoders()).Concat(Actions()).Concat(Mixtures()).ToDictionary(entry => entry.Name, entry => entry.Create);

    private static IEnumerable<(string Name, Func<SavedPolicy> Create)> Cores()
    {
        foreach ((string name, NetworkSettings settings) in CoreCases.All)
        {
            yield return (
                $"core {name}",
                () => OnnxComparison.PolicyOf(new NetworkSpec(new Box(-1, 1, 5), new Discrete(4), settings), normalizes: true)
            );
        }
        yield return ("core identity", () => OnnxComparison.PolicyOf(new NetworkSpec(new Box(-1, 1, 5), new Discrete(4), Small)));
    }

    private static IEnumerable<(string Name, Func<SavedPolicy> Create)> Encoders()
    {
        var image = new NetworkSettings { HiddenSizes = [7], Convolutions = [new ConvolutionSettings { Channels = 3 }] };
        (string Name, Space Space, NetworkSettings Settings)[] spaces =
        [
            ("mlp, numbers", new Box(-1, 1, 5), Small with { Encoder = EncoderKind.Mlp }),
            ("mlp, an image", ImageSpecs.Bytes(255, 5, 4, 2), Small with { Encoder = EncoderKind.Mlp }),
            ("auto, an integer", new Discrete(70), Small),
            ("auto, several integers", new MultiDiscrete(3, 5, 2), Small),
            ("auto, bits", new MultiBinary(4), Small),
            ("auto, symbols", ImageSpecs.Bytes(10, 4), Small),
            ("auto, an image of symbols", ImageSpecs.Bytes(6, 5, 5, 3), image),
            ("auto, an image of flags", ImageSpecs.Bytes(1, 6, 5, 2), image),
            ("auto, an image of numbers", new Box(-1, 1, 6, 5, 2), image),
            ("auto, stacked frames", ImageSpecs.Bytes(255, 4, 9, 8, 2), image),
            ("conv, a plane of bytes", ImageSpecs.Bytes(255, 9, 8), image with { Encoder = EncoderKind.Conv }),
            ("conv_bytes, an image", ImageSpecs.Bytes(255, 9, 8, 3), image with { Encoder = EncoderKind.ConvBytes }),
            ("table, heads", new MultiDiscrete(3, 5, 2), new NetworkSettings { Encoder = EncoderKind.Table }),
            (
                "table, a layer",
                new MultiDiscrete(3, 5, 2),
                new NetworkSettings { Encoder = EncoderKind.Table, HiddenSizes = [6] }
            ),
        ];
        foreach ((string name, Space space, NetworkSettings settings) in spaces)
        {
            yield return ($"encoder {name}", () => OnnxComparison.PolicyOf(new NetworkSpec(space, new Discrete(3), settings)));
        }
        (string Name, Func<NetworkSpec> Spec)[] specs =
        [
            ("pixels", ImageSpecs.Pixels),
            ("symbols beside an integer", ImageSpecs.SymbolsBesideInteger),
            ("view of a dictionary", ViewSpecs.Dictionary),
            ("view of integers", ViewSpecs.Integers),
            ("view of a vector", ViewSpecs.Vector),
            ("view of a table", () => ViewSpecs.Table(units: 5, core: "gru")),
        ];
        foreach ((string name, Func<NetworkSpec> spec) in specs)
        {
            yield return ($"encoder {name}", () => OnnxComparison.PolicyOf(spec()));
        }
        var dict = new Dict(
            KeyValuePair.Create<string, Space>("speed", new Box(-3, 3, 2)),
            KeyValuePair.Create<string, Space>("picture", ImageSpecs.Bytes(255, 5, 5, 2)),
            KeyValuePair.Create<string, Space>(
                "inner",
                new Dict(
                    KeyValuePair.Create<string, Space>("cell", new Discrete(6)),
                    KeyValuePair.Create<string, Space>("force", new Box(-1, 1, 2, 2))
                )
            )
        );
        yield return (
            "encoder a dictionary, normalised",
            () => OnnxComparison.PolicyOf(new NetworkSpec(dict, new Discrete(3), image), normalizes: true)
        );
        yield return (
            "encoder numbers, scaled and normalised",
            () =>
                OnnxComparison.PolicyOf(new NetworkSpec(new Box(-9, 9, 4), new Discrete(3), Small), normalizes: true, scale: 0.3f)
        );
        yield return (
            "encoder numbers, scaled",
            () => OnnxComparison.PolicyOf(new NetworkSpec(new Box(-9, 9, 4), new Discrete(3), Small), scale: 0.3f)
        );
    }

    private static IEnumerable<(string Name, Func<SavedPolicy> Create)> Actions()
    {
        (string Name, Space Space)[] spaces =
        [
            ("discrete", new Discrete(5)),
            ("one", new Discrete(1)),
            ("multi-discrete", new MultiDiscrete(3, 2, 4)),
            ("multi-discrete of one", new MultiDiscrete(3)),
            ("multi-binary", new MultiBinary(4)),
            ("box", new Box(-1, 1, 3)),
            ("box, scaled", new Box([-10, 3, 0], [10, 5, float.PositiveInfinity])),
            ("box of two dimensions", new Box(-0.3f, 0.4f, 2, 3)),
            ("box without bounds", new Box(float.NegativeInfinity, float.PositiveInfinity, 2)),
            ("box of bytes", ImageSpecs.Bytes(200, 3)),
        ];
        foreach ((string name, Space space) in spaces)
        {
            yield return ($"actions {name}", () => OnnxComparison.PolicyOf(new NetworkSpec(new Box(-1, 1, 4), space, Small)));
        }
    }

    private static IEnumerable<(string Name, Func<SavedPolicy> Create)> Mixtures()
    {
        StageSettings[] stages =
        [
            new()
            {
                Core = "gru",
                CoreSize = 4,
                HiddenSizes = [5],
                Actions =
                [
                    [1],
                    [3],
                ],
            },
            new()
            {
                SharedHead = true,
                Actions =
                [
                    [3],
                    [0],
                    [1],
                ],
            },
            new() { OwnTrunk = true, Core = "identity" },
        ];
        NetworkSettings lstm = Small with { Core = "lstm", CoreSize = 5 };
        foreach (double alpha in (double[])[0, 0.4, 1.5, 3])
        {
            yield return (
                $"mixture at {alpha}",
                () =>
                    OnnxComparison.PolicyOf(
                        Mixture(new Discrete(4), new MixtureSettings { Stages = stages, SharedValue = false }),
                        alpha: alpha
                    )
            );
        }
        StageSettings joint = new()
        {
            Core = "identity",
            HiddenSizes = [5],
            Actions =
            [
                [1, 0],
                [0, 2],
            ],
        };
        var several = new MixtureSettings
        {
            Stages = [joint],
            SharedValue = false,
            Gradient = MixtureGradient.Weights,
        };
        yield return (
            "mixture of factored actions",
            () => OnnxComparison.PolicyOf(Mixture(new MultiDiscrete(2, 3), several), alpha: 0.3)
        );

        NetworkSpec Mixture(Space actions, MixtureSettings settings) =>
            new(new Box(-1, 1, 4), actions, lstm with { Mixture = settings });
    }
}
