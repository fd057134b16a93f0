using System.Collections.Concurrent;
using System.ComponentModel.DataAnnotations;

namespace Agents.Yaml;

/// <summary>What a document can set of a record, and how. Immutable.</summary>
/// <param name="create">Makes a record with its defaults; null where it cannot be made by itself.</param>
/// <param name="properties">What can be set: properties of the type, then those of its base.</param>
/// <remarks>Shapes are written when the assembly is compiled (<see cref="RecordShapesAttribute"/>); those of other assemblies' records are found by reflection.</remarks>
internal sealed class RecordShape(Func<object>? create, RecordProperty[] properties)
{
    private static readonly ConcurrentDictionary<Type, Lazy<RecordShape>> Shapes = new();

    /// <summary>What can be set.</summary>
    public IReadOnlyList<RecordProperty> Properties => properties;

    /// <summary>Records whose shapes are known so far.</summary>
    public static IEnumerable<Type> Known => Shapes.Keys;

    /// <summary>The shape of a type of records.</summary>
    /// <exception cref="NotSupportedException">The program was trimmed, and the type is none of those that inference reads.</exception>
    public static RecordShape Of(Type record)
    {
        if (Shapes.TryGetValue(record, out Lazy<RecordShape>? known))
        {
            return known.Value;
        }
        if (ReflectedShapes.IsSupported)
        {
            return Shapes.GetOrAdd(record, new Lazy<RecordShape>(ReflectedShapes.Of(record))).Value;
        }
        throw new NotSupportedException(
            $"A trimmed program reads and writes policies only, not settings such as {record.Name}. Publish it without trimming."
        );
    }

    /// <summary>A record with its defaults.</summary>
    public static object Create(Type record) =>
        Of(record).Create()
        ?? throw new NotSupportedException($"{record.Name} has no defaults, so that no document can make one.");

    /// <summary>The default of a type of values.</summary>
    /// <exception cref="NotSupportedException">The program was trimmed.</exception>
    public static object DefaultOf(Type value) =>
        ReflectedShapes.IsSupported
            ? ReflectedShapes.DefaultOf(value)
            : throw new NotSupportedException(
                $"A trimmed program reads no settings such as {value.Name}. Publish it without trimming."
            );

    /// <summary>Makes the shape of a type known, when it is asked for.</summary>
    public static void Add(Type record, Func<RecordShape> shape) => Shapes[record] = new Lazy<RecordShape>(shape);

    private object? Create() => create?.Invoke();
}

/// <summary>A property that a document sets. Immutable.</summary>
/// <param name="Name">Name in the code.</param>
/// <param name="PropertyType">Type of the values.</param>
/// <param name="GetValue">Reads it of a record.</param>
/// <param name="SetValue">Sets it in a record, also where it is set only once.</param>
/// <param name="Range">Range of its values; null where none is given.</param>
internal sealed record RecordProperty(
    string Name,
    Type PropertyType,
    Func<object, object?> GetValue,
    Action<object, object?> SetValue,
    RangeAttribute? Range
);

/// <summary>Names the records whose shapes are written when the assembly is compiled, with all that they hold.</summary>
/// <param name="roots">The records that documents are.</param>
[AttributeUsage(AttributeTargets.Assembly)]
internal sealed class RecordShapesAttribute(params Type[] roots) : Attribute
{
    /// <summary>The records that documents are.</summary>
    public IReadOnlyList<Type> Roots { get; } = roots;
}
