using System.Globalization;
using Environments.Spaces;
using Microsoft.OpenApi;

namespace Fleet.Serving.Descriptions;

/// <summary>Values of spaces as schemas.</summary>
internal static class SpaceSchema
{
    /// <summary>A number.</summary>
    public static OpenApiSchema Number => new() { Type = JsonSchemaType.Number, Format = "float" };

    /// <summary>Every form in which a value may be sent.</summary>
    public static OpenApiSchema OfObservation(Space space)
    {
        var forms = new List<IOpenApiSchema>();
        if (space is Dict dict)
        {
            forms.Add(Object([.. dict.Entries.ToArray().Select(entry => (entry.Key, OfObservation(entry.Value)))]));
            if (dict.Entries.ToArray().Index().All(entry => entry.Item.Key == entry.Index.ToString(CultureInfo.InvariantCulture)))
            {
                forms.Add(List(new OpenApiSchema { Description = "The entries in their order." }, dict.Entries.Length));
            }
            forms.Add(Flat(space, Number));
        }
        else
        {
            OpenApiSchema element = Element(space);
            if (space.Size == 1)
            {
                forms.Add(element);
            }
            if (space is Box { Shape.Length: > 1 } box)
            {
                forms.Add(Nested(element, box.Shape));
            }
            forms.Add(Flat(space, element));
            if (space is Box { ElementType: var type })
            {
                forms.Add(
                    new OpenApiSchema
                    {
                        Type = JsonSchemaType.String,
                        ContentEncoding = "base64",
                        Description = type switch
                        {
                            ElementType.UInt8 => $"Base64 of {space.Size} bytes, row by row.",
                            ElementType.Float32 =>
                                $"Base64 of {space.Size} float32 numbers, row by row, each with its least significant byte first.",
                        },
                    }
                );
            }
        }
        return forms is [OpenApiSchema only] ? only : new OpenApiSchema { AnyOf = forms, Description = space.ToString() };
    }

    /// <summary>The form in which an action is answered.</summary>
    public static OpenApiSchema OfAction(Space space, IReadOnlyList<string> names)
    {
        OpenApiSchema element = Element(space, isAction: true);
        OpenApiSchema schema =
            space is Discrete ? element
            : space is Box { Shape.Length: > 1 } box ? Nested(element, box.Shape)
            : List(element, space.Size);
        schema.Description = space + (names.Count == 0 ? "" : ": " + string.Join(", ", names.Select((name, i) => $"{i} {name}")));
        return schema;
    }

    /// <summary>A list of so many values.</summary>
    public static OpenApiSchema List(IOpenApiSchema items, int count) =>
        new()
        {
            Type = JsonSchemaType.Array,
            Items = items,
            MinItems = count,
            MaxItems = count,
        };

    /// <summary>An object that has all of some fields and no others.</summary>
    public static OpenApiSchema Object(params IReadOnlyList<(string Name, OpenApiSchema Schema)> fields) =>
        new()
        {
            Type = JsonSchemaType.Object,
            Properties = fields.ToDictionary(field => field.Name, field => (IOpenApiSchema)field.Schema),
            Required = fields.Select(field => field.Name).ToHashSet(),
            AdditionalPropertiesAllowed = false,
        };

    /// <summary>All numbers of a value in one list.</summary>
    public static OpenApiSchema Flat(Space space, OpenApiSchema element)
    {
        OpenApiSchema flat = List(element, space.Size);
        flat.Description = "All numbers in one list, row by row and entry by entry.";
        return flat;
    }

    private static OpenApiSchema Nested(OpenApiSchema element, ReadOnlySpan<int> shape)
    {
        OpenApiSchema schema = element;
        for (int i = shape.Length - 1; i >= 0; i--)
        {
            schema = List(schema, shape[i]);
        }
        return schema;
    }

    private static OpenApiSchema Element(Space space, bool isAction = false) =>
        space switch
        {
            Box { ElementType: ElementType.UInt8 } bytes => Whole(Least(bytes.Low), Most(bytes.High)),
            Box box when isAction => Bounded(Least(box.Low), Most(box.High)),
            Box => Number,
            Discrete discrete => Whole(0, discrete.Count - 1),
            MultiDiscrete several => Whole(0, Largest(several.Counts) - 1),
            MultiBinary => new OpenApiSchema { AnyOf = [Whole(0, 1), new OpenApiSchema { Type = JsonSchemaType.Boolean }] },
            _ => throw new NotSupportedException($"{space} has no written form."),
        };

    private static OpenApiSchema Bounded(float low, float high)
    {
        OpenApiSchema number = Number;
        number.Minimum = float.IsFinite(low) ? Text(low) : null;
        number.Maximum = float.IsFinite(high) ? Text(high) : null;
        return number;
    }

    private static OpenApiSchema Whole(float low, float high) =>
        new()
        {
            Type = JsonSchemaType.Integer,
            Minimum = Text(low),
            Maximum = Text(high),
        };

    private static string Text(float number) => number.ToString("R", CultureInfo.InvariantCulture);

    private static float Least(ReadOnlySpan<float> bounds) => System.Numerics.Tensors.TensorPrimitives.Min(bounds);

    private static float Most(ReadOnlySpan<float> bounds) => System.Numerics.Tensors.TensorPrimitives.Max(bounds);

    private static int Largest(ReadOnlySpan<int> counts) => System.Numerics.Tensors.TensorPrimitives.Max(counts);
}
