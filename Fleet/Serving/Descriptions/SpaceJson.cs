using System.Text.Json.Nodes;
using Environments.Spaces;

namespace Fleet.Serving.Descriptions;

/// <summary>Spaces as JSON: kind, shape, bounds, entries.</summary>
internal static class SpaceJson
{
    /// <summary>One object.</summary>
    /// <param name="space">The space.</param>
    /// <param name="names">What each member of a discrete space means; empty where they have no names.</param>
    public static JsonObject Of(Space space, IReadOnlyList<string>? names = null)
    {
        JsonObject json = space switch
        {
            Box box => OfBox(box),
            Discrete discrete => new JsonObject { ["kind"] = "discrete", ["count"] = discrete.Count },
            MultiDiscrete several => new JsonObject { ["kind"] = "multi_discrete", ["counts"] = List(several.Counts) },
            MultiBinary bits => new JsonObject { ["kind"] = "multi_binary", ["count"] = bits.Count },
            Dict dict => new JsonObject
            {
                ["kind"] = "dict",
                ["entries"] = new JsonArray([
                    .. dict
                        .Entries.ToArray()
                        .Select(entry => (JsonNode)new JsonObject { ["name"] = entry.Key, ["space"] = Of(entry.Value) }),
                ]),
            },
            _ => throw new NotSupportedException($"{space} has no written form."),
        };
        if (names is { Count: > 0 })
        {
            json["names"] = new JsonArray([.. names.Select(name => (JsonNode)name)]);
        }
        json["size"] = space.Size;
        json["text"] = space.ToString();
        return json;
    }

    private static JsonObject OfBox(Box box) =>
        new()
        {
            ["kind"] = "box",
            ["shape"] = List(box.Shape),
            ["element_type"] = box.ElementType switch
            {
                ElementType.Float32 => "float32",
                ElementType.UInt8 => "uint8",
            },
            ["low"] = Bounds(box.Low),
            ["high"] = Bounds(box.High),
        };

    // One number where all are alike, else one for each; null for none.
    private static JsonNode? Bounds(ReadOnlySpan<float> bounds) =>
        bounds.ContainsAnyExcept(bounds[0]) ? new JsonArray([.. bounds.ToArray().Select(Bound)]) : Bound(bounds[0]);

    private static JsonNode? Bound(float bound) => float.IsFinite(bound) ? JsonValue.Create(bound) : null;

    private static JsonArray List(ReadOnlySpan<int> numbers) => new([.. numbers.ToArray().Select(number => (JsonNode)number)]);
}
