using Agents.Yaml;
using Environments.Spaces;
using Protos.Foreign;

namespace Agents.Policies;

/// <summary>A space as <c>policy.yaml</c> holds it.</summary>
internal sealed record SpaceDocument
{
    public string Type { get; init; } = "";
    public string? Name { get; init; }
    public int? Count { get; init; }
    public int[]? Counts { get; init; }
    public int[]? Shape { get; init; }

    /// <summary><c>uint8</c>, or null for float32.</summary>
    public string? ElementType { get; init; }
    public float[]? Low { get; init; }
    public float[]? High { get; init; }
    public SpaceDocument[]? Entries { get; init; }

    public static SpaceDocument From(Space space, string? name = null) =>
        space switch
        {
            Discrete discrete => new SpaceDocument { Type = "discrete", Count = discrete.Count },
            MultiBinary bits => new SpaceDocument { Type = "multi_binary", Count = bits.Count },
            MultiDiscrete multi => new SpaceDocument { Type = "multi_discrete", Counts = multi.Counts.ToArray() },
            Box box => new SpaceDocument
            {
                Type = "box",
                Shape = box.Shape.ToArray(),
                ElementType = box.ElementType switch
                {
                    Environments.Spaces.ElementType.UInt8 => "uint8",
                    Environments.Spaces.ElementType.Float32 => null,
                },
                Low = box.Low.ToArray(),
                High = box.High.ToArray(),
            },
            Dict dict => new SpaceDocument
            {
                Type = "dict",
                Entries = [.. dict.Entries.ToArray().Select(entry => From(entry.Value, entry.Key))],
            },
            _ => throw new NotSupportedException($"{space} has no written form."),
        } with
        {
            Name = name,
        };

    /// <exception cref="SettingsException">The document describes no space.</exception>
    public Space ToSpace()
    {
        try
        {
            return Type switch
            {
                "discrete" when Count is { } count => new Discrete(count),
                "multi_binary" when Count is { } count => new MultiBinary(count),
                "multi_discrete" when Counts is not null => new MultiDiscrete(Counts),
                "box" when Shape is not null && Low is not null && High is not null => new Box(Low, High, Shape)
                {
                    ElementType = ElementType switch
                    {
                        null or "float32" => Environments.Spaces.ElementType.Float32,
                        "uint8" => Environments.Spaces.ElementType.UInt8,
                        _ => throw new SettingsException(
                            $"A box has no element type '{ForeignText.Show(ElementType)}'. Known: float32, uint8."
                        ),
                    },
                },
                "dict" when Entries is not null => new Dict([
                    .. Entries.Select(entry => KeyValuePair.Create(entry.Name ?? "", entry.ToSpace())),
                ]),
                _ => throw new SettingsException(
                    $"A space of type '{ForeignText.Show(Type)}' is not complete or not known. Known: box, discrete, multi_discrete, multi_binary, dict."
                ),
            };
        }
        catch (Exception exception) when (exception is ArgumentException or OverflowException)
        {
            throw new SettingsException(
                $"The {ForeignText.Show(Type)} space is not possible: {ForeignText.Show(exception.Message)}",
                exception
            );
        }
    }
}
