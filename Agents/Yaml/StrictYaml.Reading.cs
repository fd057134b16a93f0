using System.Globalization;
using Environments;
using Protos.Foreign;
using YamlDotNet.RepresentationModel;

namespace Agents.Yaml;

/// <content>From documents to records.</content>
internal static partial class StrictYaml
{
    private static object Read(YamlNode node, Type type, string path, string source)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        if (IsScalar(type))
        {
            return ReadScalar(node, type, path.TrimEnd('.'), source);
        }
        if (type.IsArray)
        {
            if (node is not YamlSequenceNode sequence)
            {
                throw new SettingsException($"{source}: {path.TrimEnd('.')} must be a list, such as [64, 64].");
            }
            var items = Array.CreateInstanceFromArrayType(type, sequence.Children.Count);
            for (int i = 0; i < items.Length; i++)
            {
                items.SetValue(Read(sequence.Children[i], type.GetElementType()!, path, source), i);
            }
            return items;
        }
        YamlMappingNode mapping = Keys(node, path.TrimEnd('.'), source);
        if (type == typeof(YamlMappingNode))
        {
            return mapping;
        }
        object record = RecordShape.Create(type);
        Fill(record, mapping, path, source);
        return record;
    }

    private static void Fill(object record, YamlMappingNode mapping, string path, string source)
    {
        // Single values come first: one of them may choose which section stands in a property.
        foreach (bool sections in (ReadOnlySpan<bool>)[false, true])
        {
            Dictionary<string, RecordProperty> known = KnownKeys(record, out Dictionary<string, ISection> names);
            foreach ((YamlNode key, YamlNode child) in mapping.Children)
            {
                if (child is not YamlScalarNode == sections)
                {
                    string name = (key as YamlScalarNode)?.Value ?? "";
                    FillKey(record, name, child, known, names, path, source);
                }
            }
        }
    }

    private static Dictionary<string, RecordProperty> KnownKeys(object record, out Dictionary<string, ISection> names)
    {
        var known = new Dictionary<string, RecordProperty>();
        names = [];
        foreach (RecordProperty property in Settable(record.GetType()))
        {
            if (property.GetValue(record) is ISection section)
            {
                names.Add(KeyOf(property), section);
                known.Add(section.Name, property);
            }
            else if (property.PropertyType.IsAssignableTo(typeof(ISection)))
            {
                continue; // no section stands here
            }
            known.TryAdd(KeyOf(property), property);
        }
        return known;
    }

    private static void FillKey(
        object record,
        string name,
        YamlNode child,
        Dictionary<string, RecordProperty> known,
        Dictionary<string, ISection> names,
        string path,
        string source
    )
    {
        if (!known.TryGetValue(name, out RecordProperty? property))
        {
            string hint = ((record as IKeyHints)?.HintOf(name) ?? NotChosen(name, names)) is { } sentence
                ? " " + sentence
                : Suggest(path, name, record, known.Keys);
            throw new SettingsException($"{source}: there is no setting '{path}{ForeignText.Show(name)}'.{hint}");
        }
        if (names.TryGetValue(name, out ISection? named))
        {
            if (named is NamedSettings chosen)
            {
                property.SetValue(record, Choose(child, chosen, path + name, source));
                return;
            }
            RequireName(child, named, path + name, source);
            return;
        }
        if (property.GetValue(record) is IParts parts)
        {
            property.SetValue(record, ReadParts(parts, Keys(child, path + name, source), $"{path}{name}.", source));
        }
        else if (property.GetValue(record) is ISection defaults)
        {
            object section = defaults.Copy();
            Fill(section, Keys(child, path + name, source), $"{path}{name}.", source);
            property.SetValue(record, section);
        }
        else if (!IsAbsent(child) || Nullable.GetUnderlyingType(property.PropertyType) is null)
        {
            property.SetValue(record, Read(child, property.PropertyType, $"{path}{name}.", source));
        }
    }

    // A part keeps the settings that it has so far if it is chosen again.
    private static NamedSettings Choose(YamlNode node, NamedSettings chosen, string key, string source)
    {
        string name = (node as YamlScalarNode)?.Value ?? "";
        return string.Equals(name, chosen.Name, StringComparison.OrdinalIgnoreCase)
            ? chosen
            : chosen.Table.Find(name) ?? throw new SettingsException($"{source}: {key}: {chosen.Table.Unknown(name)}");
    }

    // A part of a table stands under its own name; without any value (null) it is taken out.
    private static IParts ReadParts(IParts parts, YamlMappingNode mapping, string path, string source)
    {
        List<NamedSettings> items = [.. parts.Items];
        foreach ((YamlNode key, YamlNode child) in mapping.Children)
        {
            string name = (key as YamlScalarNode)?.Value ?? "";
            int index = items.FindIndex(item => item.Name == name);
            NamedSettings defaults =
                (index >= 0 ? items[index] : parts.Table.Find(name))
                ?? throw new SettingsException($"{source}: {path.TrimEnd('.')}: {parts.Table.Unknown(name)}");
            if (IsAbsent(child))
            {
                items.RemoveAll(item => item.Name == name);
                continue;
            }
            object part = ((ISection)defaults).Copy();
            Fill(part, Keys(child, path + name, source), $"{path}{name}.", source);
            if (index >= 0)
            {
                items[index] = (NamedSettings)part;
            }
            else
            {
                items.Add((NamedSettings)part);
            }
        }
        return parts.With(items);
    }

    // What to say of settings of a part that could have been chosen.
    private static string? NotChosen(string name, Dictionary<string, ISection> names)
    {
        foreach ((string key, ISection section) in names)
        {
            if (section is NamedSettings chosen && chosen.Table.Find(name) is not null)
            {
                return $"It goes with {key}: {name}, and {key} is {chosen.Name}.";
            }
        }
        return null;
    }

    private static bool IsAbsent(YamlNode node) =>
        node is YamlScalarNode { Value: "" or "null" or "~", Style: YamlDotNet.Core.ScalarStyle.Plain };

    private static void RequireName(YamlNode node, ISection section, string key, string source)
    {
        if ((node as YamlScalarNode)?.Value is var name && !string.Equals(name, section.Name, StringComparison.OrdinalIgnoreCase))
        {
            throw new SettingsException(
                $"{source}: {key} is '{ForeignText.Show(name ?? "")}', but these are settings of {section.Name}."
            );
        }
    }

    private static YamlMappingNode Keys(YamlNode node, string key, string source) =>
        node as YamlMappingNode ?? throw new SettingsException($"{source}: {key} must hold keys and values.");

    private static string Suggest(string path, string name, object record, IEnumerable<string> known) =>
        FamiliarKeys.Find(name, record) is { } familiar ? $" Did you mean '{path}{familiar}'?"
        : NearestName.Find(name, known) is { } nearest ? $" Did you mean '{path}{nearest}'?"
        : $" Known here: {string.Join(", ", known)}.";

    private static IWord ReadWord(IWord word, string text, string key, string source) =>
        word.Words.Contains(text)
            ? word.With(text)
            : throw new SettingsException(
                $"{source}: {key} is '{ForeignText.Show(text)}', but must be one of {string.Join(", ", word.Words)}."
            );

    private static object ReadScalar(YamlNode node, Type type, string key, string source)
    {
        if (node is not YamlScalarNode { Value: { } text })
        {
            throw new SettingsException($"{source}: {key} must be a single value.");
        }
        if (type == typeof(string))
        {
            return text;
        }
        if (type.IsEnum)
        {
            string[] names = [.. NamesOf(type)];
            int index = Array.IndexOf(names, text);
            return index >= 0
                ? Enum.Parse(type, Enum.GetNames(type)[index])
                : throw new SettingsException(
                    $"{source}: {key} is '{ForeignText.Show(text)}', but must be one of {string.Join(", ", names)}."
                );
        }
        if (type.IsAssignableTo(typeof(IWord)))
        {
            return ReadWord((IWord)RecordShape.DefaultOf(type), text, key, source);
        }
        if (type == typeof(bool))
        {
            return text is "true" or "false"
                ? text == "true"
                : throw new SettingsException($"{source}: {key} is '{ForeignText.Show(text)}', but must be true or false.");
        }
        string digits = text.Replace("_", "", StringComparison.Ordinal);
        return type == typeof(float) || type == typeof(double)
            ? ReadNumber(text, digits, type, key, source)
            : ReadWholeNumber(text, digits, type, key, source);
    }

    private static object ReadNumber(string text, string digits, Type type, string key, string source)
    {
        double? special = text switch
        {
            ".inf" or "+.inf" => double.PositiveInfinity,
            "-.inf" => double.NegativeInfinity,
            ".nan" => double.NaN,
            _ => null,
        };
        if (special is null && !double.TryParse(digits, NumberStyles.Float, CultureInfo.InvariantCulture, out _))
        {
            throw new SettingsException($"{source}: {key} is '{ForeignText.Show(text)}', but must be a number, such as 3e-4.");
        }
        if (type == typeof(float))
        {
            return special is { } single ? (float)single : float.Parse(digits, NumberStyles.Float, CultureInfo.InvariantCulture);
        }
        return special ?? double.Parse(digits, NumberStyles.Float, CultureInfo.InvariantCulture);
    }

    private static object ReadWholeNumber(string text, string digits, Type type, string key, string source)
    {
        // 1e6 and 100_000 are welcome where a whole number is needed.
        bool parsed = decimal.TryParse(digits, NumberStyles.Float, CultureInfo.InvariantCulture, out decimal number);
        if (!parsed || number != decimal.Truncate(number) || !Fits(number, type))
        {
            string range =
                type == typeof(ulong) ? " from 0 to 18446744073709551615"
                : type == typeof(int) ? " of at most 9 digits"
                : " of at most 18 digits";
            throw new SettingsException($"{source}: {key} is '{ForeignText.Show(text)}', but must be a whole number{range}.");
        }
        return Convert.ChangeType(number, type, CultureInfo.InvariantCulture);
    }

    private static bool Fits(decimal number, Type type) =>
        type == typeof(int) ? number is >= int.MinValue and <= int.MaxValue
        : type == typeof(ulong) ? number is >= 0 and <= ulong.MaxValue
        : number is >= long.MinValue and <= long.MaxValue;
}
