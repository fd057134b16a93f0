using System.Globalization;
using Agents.Yaml;
using Environments.Randomness;
using YamlDotNet.RepresentationModel;

namespace Chaos.Fuzzing;

/// <summary>Draws the YAML of a settings record from its properties and their ranges, so that a new setting is drawn without being told.</summary>
/// <remarks>Most keys are left out; most values are small, some anything in their range; at most one is wrong where that is asked for.</remarks>
internal sealed class SettingsDraw
{
    private const double Kept = 0.15; // share of keys that are set
    private const double Unusual = 0.05; // share of sizes beyond the small ones
    private const int Small = 12;

    private static readonly string[] NoNumbers =
    [
        "many",
        ".nan",
        ".inf",
        "-.inf",
        "[1, 2]",
        "{ a: 1 }",
        "true",
        "''",
        "0x10",
        "1e400",
    ];

    private readonly Func<string, bool> _leaves;
    private readonly List<(string Key, RecordProperty Property)> _places = [];
    private Pcg64 _random;

    /// <summary>A drawing.</summary>
    /// <param name="random">Stream of the draws.</param>
    /// <param name="leaves">Whether a key, such as <c>ppo.epochs</c> or <c>ppo</c>, is left out whatever is drawn.</param>
    public SettingsDraw(Pcg64 random, Func<string, bool> leaves)
    {
        _random = random;
        _leaves = leaves;
    }

    /// <summary>Draws keys and values that are possible each by itself.</summary>
    /// <param name="record">Tells the keys, and which section stands where there is a choice; its values are not used.</param>
    public YamlMappingNode Draw(object record) => Draw(record.GetType(), record, "");

    /// <summary>Makes one key of those drawn or left out wrong, so that nothing may accept it.</summary>
    /// <param name="drawn">What <see cref="Draw(object)"/> gave.</param>
    /// <returns>What was done, such as <c>ppo.epochs=many</c>.</returns>
    public string Spoil(YamlMappingNode drawn)
    {
        (string key, RecordProperty property) = _places[_random.NextInt(0, _places.Count)];
        string assignment = _random.NextInt(0, 8) == 0 ? $"{key}x=1" : $"{key}={Wrong(property)}";
        StrictYaml.Assign(drawn, assignment);
        return assignment;
    }

    private YamlMappingNode Draw(Type record, object? sample, string path)
    {
        var node = new YamlMappingNode();
        foreach (RecordProperty property in StrictYaml.Settable(record))
        {
            object? member = sample is null ? null : property.GetValue(sample);
            string key = StrictYaml.PlaceOf(property, member);
            if (_leaves(path + key))
            {
                continue;
            }
            if (member is NamedSettings or IParts)
            {
                DrawNamed(node, StrictYaml.KeyOf(property), member, path);
                continue;
            }
            Type type =
                member is ISection
                    ? member.GetType()
                    : Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType;
            if (!StrictYaml.IsScalar(type) && !type.IsArray)
            {
                YamlMappingNode section = Draw(type, member as ISection, $"{path}{key}.");
                if (section.Children.Count > 0)
                {
                    node.Children[key] = section;
                }
                continue;
            }
            if (StrictYaml.IsScalar(type))
            {
                _places.Add((path + key, property));
            }
            if (_random.NextDouble() < Kept)
            {
                node.Children[key] = type.IsArray ? Items(type.GetElementType()!) : Node(Value(type, RangeOf(property)));
            }
        }
        return node;
    }

    // One of a table by its name, with its settings beside the choice; or some of a table, each with its settings.
    private void DrawNamed(YamlMappingNode node, string key, object member, string path)
    {
        if (member is NamedSettings chosen)
        {
            NamedSettings[] parts = [.. chosen.Table.Parts.Where(part => !_leaves(path + part.Name))];
            NamedSettings part = parts[_random.NextInt(0, parts.Length)];
            node.Children[key] = part.Name;
            node.Children[part.Name] = Draw(part.GetType(), part, $"{path}{part.Name}.");
            return;
        }
        var some = new YamlMappingNode();
        foreach (
            NamedSettings part in ((IParts)member).Table.Parts.Where(part =>
                !_leaves($"{path}{key}.{part.Name}") && _random.NextInt(0, 4) == 0
            )
        )
        {
            some.Children[part.Name] = Draw(part.GetType(), part, $"{path}{key}.{part.Name}.");
        }
        node.Children[key] = some;
    }

    private YamlSequenceNode Items(Type type)
    {
        var items = new YamlSequenceNode();
        for (int count = _random.NextInt(0, 4); count > 0; count--)
        {
            items.Add(StrictYaml.IsScalar(type) ? Node(Value(type, (1, Small))) : DrawItem(type));
        }
        return items;
    }

    // Nothing in a list is spoilt: its keys have no names of their own.
    private YamlMappingNode DrawItem(Type type)
    {
        var node = new YamlMappingNode();
        foreach (RecordProperty property in StrictYaml.Settable(type))
        {
            node.Children[StrictYaml.KeyOf(property)] = Node(Value(property.PropertyType, RangeOf(property)));
        }
        return node;
    }

    private string Value(Type type, (double Low, double High) range)
    {
        if (type.IsAssignableTo(typeof(IWord)))
        {
            string[] words = [.. ((IWord)Activator.CreateInstance(type)!).Words];
            return words[_random.NextInt(0, words.Length)];
        }
        if (type.IsEnum)
        {
            string[] names = [.. StrictYaml.NamesOf(type)];
            return names[_random.NextInt(0, names.Length)];
        }
        if (type == typeof(bool))
        {
            return _random.NextInt(0, 2) == 0 ? "false" : "true";
        }
        if (type == typeof(string))
        {
            return "text";
        }
        bool real = type == typeof(float) || type == typeof(double);
        (double low, double high) = range;
        high = !real && _random.NextDouble() >= Unusual ? Math.Min(high, Math.Max(low, Small)) : high;
        double value = _random.NextInt(0, 8) switch
        {
            0 => low,
            1 => high,
            2 or 3 => _random.NextUniform(low, high),
            _ => LogUniform(low, high),
        };
        return Text(real ? value : Math.Round(value), type);
    }

    // Each order of magnitude above the lower bound is equally likely.
    private double LogUniform(double low, double high)
    {
        double least = Math.Max(1e-6, (high - low) * 1e-9);
        return Math.Clamp(low + least * Math.Pow((high - low + least) / least, _random.NextDouble()) - least, low, high);
    }

    private string Wrong(RecordProperty property)
    {
        Type type = Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType;
        if (type.IsEnum || type.IsAssignableTo(typeof(IWord)) || type == typeof(bool) || type == typeof(string))
        {
            return type == typeof(string) ? "[1, 2]" : "neither";
        }
        bool ranged = property.Range is not null;
        (double low, double high) = RangeOf(property);
        string? beyond = (_random.NextInt(0, 3), ranged) switch
        {
            (0, true) => Below(low, type),
            (1, true) => Above(high, type),
            _ => null,
        };
        return beyond ?? NoNumbers[_random.NextInt(0, NoNumbers.Length)];
    }

    private static string? Below(double low, Type type) =>
        type == typeof(ulong) ? "-1" : Text(low - Math.Max(1, Math.Abs(low) * 1e-3), type);

    private static string Above(double high, Type type) =>
        high >= long.MaxValue ? "1e30" : Text(high + Math.Max(1, Math.Abs(high) * 1e-3), type);

    private static (double Low, double High) RangeOf(RecordProperty property)
    {
        if (property.Range is { } range)
        {
            return (
                Convert.ToDouble(range.Minimum, CultureInfo.InvariantCulture),
                Convert.ToDouble(range.Maximum, CultureInfo.InvariantCulture)
            );
        }
        return property.PropertyType == typeof(ulong) ? (0, ulong.MaxValue) : (-1_000, 1_000);
    }

    private static string Text(double value, Type type)
    {
        if (type == typeof(float) || type == typeof(double))
        {
            return type == typeof(float)
                ? ((float)value).ToString("R", CultureInfo.InvariantCulture)
                : value.ToString("R", CultureInfo.InvariantCulture);
        }
        decimal most = type == typeof(ulong) ? ulong.MaxValue : long.MaxValue;
        return Math.Min(most, value >= (double)most ? most : (decimal)value).ToString("0", CultureInfo.InvariantCulture);
    }

    private static YamlNode Node(string text) => StrictYaml.Parse("value: " + text, "drawn")["value"];
}
