using System.Text.Json.Nodes;
using Environments.Spaces;

namespace Agents.Onnx;

/// <summary>Spaces as JSON, for the metadata of a model.</summary>
internal static class SpaceJson
{
    /// <summary>The space. Bounds that are the same everywhere are one number, and those that do not exist are null.</summary>
    public static JsonObject Of(Space space) =>
        space switch
        {
            Discrete discrete => new JsonObject { ["type"] = "discrete", ["count"] = discrete.Count },
            MultiBinary bits => new JsonObject { ["type"] = "multi_binary", ["count"] = bits.Count },
            MultiDiscrete several => new JsonObject { ["type"] = "multi_discrete", ["counts"] = Integers(several.Counts) },
            Box box => new JsonObject
            {
                ["type"] = "box",
                ["shape"] = Integers(box.Shape),
                ["element_type"] = box.ElementType switch
                {
                    ElementType.UInt8 => "uint8",
                    ElementType.Float32 => "float32",
                },
                ["low"] = Bounds(box.Low),
                ["high"] = Bounds(box.High),
            },
            Dict dict => OfDict(dict),
            _ => throw new NotSupportedException($"{space} has no written form."),
        };

    private static JsonObject OfDict(Dict dict)
    {
        var entries = new JsonObject();
        foreach ((string name, Space entry) in dict.Entries)
        {
            entries.Add(name, Of(entry));
        }
        return new JsonObject { ["type"] = "dict", ["entries"] = entries };
    }

    private static JsonArray Integers(ReadOnlySpan<int> numbers)
    {
        var array = new JsonArray();
        foreach (int number in numbers)
        {
            array.Add((JsonNode)number);
        }
        return array;
    }

    private static JsonNode? Bounds(ReadOnlySpan<float> bounds)
    {
        if (!bounds.ContainsAnyExcept(bounds[0]))
        {
            return Bound(bounds[0]);
        }
        var array = new JsonArray();
        foreach (float bound in bounds)
        {
            array.Add(Bound(bound));
        }
        return array;
    }

    private static JsonNode? Bound(float bound) => float.IsFinite(bound) ? JsonValue.Create(bound) : null;
}
