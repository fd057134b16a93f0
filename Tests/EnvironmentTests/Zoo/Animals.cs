using Environments;
using Environments.Spaces;

namespace Tests.EnvironmentTests.Zoo;

/// <summary>Spaces that are odd in one way each.</summary>
internal static class Animals
{
    private static readonly Space Plain = new Box(-1, 1, 2);
    private static readonly Space Two = new Discrete(2);
    private const float Infinity = float.PositiveInfinity;

    /// <summary>Observations and actions by name.</summary>
    public static IReadOnlyDictionary<string, (Space Observations, Space Actions)> All { get; } =
        new Dictionary<string, (Space, Space)>
        {
            // Observations.
            ["number-without-dimensions"] = (new Box(-1, 1, []), Two),
            ["five-dimensions"] = (new Box(0, 1, 1, 2, 1, 3, 1), Two),
            ["bounds-per-element"] = (new Box([-1, 0, -1_000], [100, 0.001f, -999]), Two),
            ["half-infinite"] = (new Box([-Infinity, 3], [5, Infinity]), Two),
            ["infinite"] = (new Box(-Infinity, Infinity, 3), Two),
            ["largest-floats"] = (new Box(-1e9f, 1e9f, 2), Two),
            ["nothing-varies"] = (new Box(2, 2, 2), Two),
            ["floats-in-a-square"] = (new Box(0, 1, 6, 6), Two),
            ["byte-without-dimensions"] = (Bytes(0, 255), Two),
            ["bytes-in-a-row"] = (Bytes(0, 255, 7), Two),
            ["bytes-from-3-to-200"] = (Bytes(3, 200, 4, 5), Two),
            ["bytes-per-element"] = (new Box([0, 7, 250], [1, 7, 255]) { ElementType = ElementType.UInt8 }, Two),
            ["bytes-that-are-0"] = (Bytes(0, 0, 3, 3, 1), Two),
            ["symbols-from-2-to-5"] = (Bytes(2, 5, 3, 3, 1), Two),
            ["image-of-one-pixel"] = (Bytes(0, 255, 1, 1, 3), Two),
            ["image-with-frames-first"] = (Bytes(0, 255, 4, 8, 8), Two),
            ["image-of-four-dimensions"] = (Bytes(0, 255, 2, 5, 5, 3), Two),
            ["image-that-is-a-line"] = (Bytes(0, 255, 1, 40, 3), Two),
            ["integer-without-choice"] = (new Discrete(1), Two),
            ["integer-of-5000"] = (new Discrete(5_000), Two),
            ["integers-of-all-sizes"] = (new MultiDiscrete(1, 2, 300), Two),
            ["one-bit"] = (new MultiBinary(1), Two),
            ["seventy-bits"] = (new MultiBinary(70), Two),
            ["dictionary-of-one"] = (Of(("only", new Discrete(3))), Two),
            ["nested-dictionary"] = (
                Of(("a", Of(("b", Of(("c", new Discrete(3)), ("d", new MultiBinary(2)))))), ("e", Plain)),
                Two
            ),
            ["dictionary-of-all-kinds"] = (
                Of(
                    ("image", Bytes(0, 255, 8, 8, 3)),
                    ("symbols", Bytes(0, 10, 5, 5, 2)),
                    ("integer", new Discrete(4)),
                    ("integers", new MultiDiscrete(2, 3)),
                    ("bits", new MultiBinary(3)),
                    ("number", new Box(-1, 1, []))
                ),
                Two
            ),
            ["names-that-look-alike"] = (
                Of(
                    ("a.b", Bytes(0, 255, 4, 4, 1)),
                    ("a", Of(("b", Bytes(0, 255, 4, 4, 1)))),
                    ("", new Discrete(2)),
                    ("ü /#", new Discrete(2))
                ),
                Two
            ),

            // Actions.
            ["act-number-without-dimensions"] = (Plain, new Box(-1, 1, [])),
            ["act-in-two-dimensions"] = (Plain, new Box(-1, 1, 2, 3)),
            ["act-asymmetric"] = (Plain, new Box([-1, 5], [100, 5.5f])),
            ["act-half-infinite"] = (Plain, new Box([-Infinity, 0], [0, Infinity])),
            ["act-nothing-varies"] = (Plain, new Box(2, 2, 1)),
            ["act-bytes"] = (Plain, Bytes(0, 255, 2)),
            ["act-without-choice"] = (Plain, new Discrete(1)),
            ["act-300"] = (Plain, new Discrete(300)),
            ["act-integers"] = (new Discrete(3), new MultiDiscrete(1, 2, 30)),
            ["act-bits"] = (new MultiBinary(2), new MultiBinary(5)),
        };

    /// <summary>A registry of all of them, <c>Zoo/name-v0</c>.</summary>
    public static EnvironmentRegistry Registry()
    {
        var registry = new EnvironmentRegistry();
        foreach ((string name, (Space observations, Space actions)) in All)
        {
            registry.Register($"Zoo/{name}-v0", () => new Specimen(observations, actions));
        }
        return registry;
    }

    private static Box Bytes(int low, int high, params int[] shape) => new(low, high, shape) { ElementType = ElementType.UInt8 };

    private static Dict Of(params (string Name, Space Space)[] entries) =>
        new([.. entries.Select(entry => KeyValuePair.Create(entry.Name, entry.Space))]);
}
