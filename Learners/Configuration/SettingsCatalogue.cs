using System.Globalization;
using Agents.Networks;
using Agents.Networks.Cores;
using Agents.Yaml;
using Learners.Composition;
using YamlDotNet.RepresentationModel;

namespace Learners.Configuration;

/// <summary>A setting of a run. Immutable.</summary>
/// <param name="Key">Its key with dots, as <c>--set</c> takes it.</param>
/// <param name="Default">What holds where nobody sets it, as a file would say it; empty where it is left open.</param>
/// <param name="Takes">What it takes, such as <c>whole number</c> or the words that there are.</param>
/// <param name="Meaning">What it is, in whole sentences; empty where nothing was written about it.</param>
public sealed record SettingEntry(string Key, string Default, string Takes, string Meaning);

/// <summary>Lists what can be set of a run, from the records themselves and from what is written about their properties.</summary>
public static class SettingsCatalogue
{
    /// <summary>Every setting of an agent's run, with those of all parts that could be chosen.</summary>
    /// <param name="agent">The agent.</param>
    public static IReadOnlyList<SettingEntry> Of(Agent agent)
    {
        ArgumentNullException.ThrowIfNull(agent);
        var entries = new List<SettingEntry>();
        Add(entries, new TrainingSettings { Agent = agent.Defaults }, "");
        return entries;
    }

    private static void Add(List<SettingEntry> entries, object record, string path)
    {
        foreach (RecordProperty property in StrictYaml.Settable(record.GetType()))
        {
            object? value = property.GetValue(record);
            string key = path + StrictYaml.KeyOf(property);
            string meaning = SettingMeanings.Of(record.GetType(), property.Name);
            switch (value)
            {
                case NamedSettings chosen:
                    entries.Add(new SettingEntry(key, chosen.Name, Names(chosen.Table.Parts), meaning));
                    AddParts(entries, chosen.Table.Parts, path);
                    break;
                case IParts parts:
                    entries.Add(new SettingEntry(key, "{}", "any of " + Names(parts.Table.Parts), meaning));
                    AddParts(entries, parts.Table.Parts, key + ".");
                    break;
                case ISection section:
                    Add(entries, section, path + section.Name + ".");
                    break;
                case not null when !StrictYaml.IsScalar(property.PropertyType) && IsRecord(property.PropertyType):
                    Add(entries, value, key + ".");
                    break;
                default:
                    AddOne(entries, record, property, value, key, meaning);
                    break;
            }
        }
        if (record is NetworkSettings)
        {
            foreach (CoreEntry core in MemoryCores.All.Where(core => core.Settings is not null))
            {
                Add(entries, core.Settings!, $"{path}{core.Name}.");
            }
        }
    }

    private static void AddOne(
        List<SettingEntry> entries,
        object record,
        RecordProperty property,
        object? value,
        string key,
        string meaning
    )
    {
        Type type = Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType;
        if (type.IsAssignableTo(typeof(ISection)))
        {
            return; // its own settings follow under its name
        }
        string takes =
            record is NetworkSettings && property.Name == nameof(NetworkSettings.Core)
                ? string.Join(", ", MemoryCores.All.Select(core => core.Name))
                : Takes(type);
        entries.Add(new SettingEntry(key, value is null ? "" : Text(value), takes + RangeOf(property), meaning));
        Type item = type.IsArray ? type.GetElementType()! : type;
        if (IsRecord(item))
        {
            Add(entries, RecordShape.Create(item), key + (type.IsArray ? "[]." : "."));
        }
    }

    private static void AddParts(List<SettingEntry> entries, IReadOnlyList<NamedSettings> parts, string path)
    {
        foreach (NamedSettings part in parts)
        {
            Add(entries, part, $"{path}{part.Name}.");
        }
    }

    private static string Names(IReadOnlyList<NamedSettings> parts) => string.Join(", ", parts.Select(part => part.Name));

    private static bool IsRecord(Type type) =>
        type.IsClass
        && !type.IsArray
        && !type.IsAbstract
        && type != typeof(string)
        && !type.IsAssignableTo(typeof(YamlNode))
        && type.GetConstructor(Type.EmptyTypes) is not null;

    private static string Takes(Type type) =>
        type.IsArray ? $"list of {Plural(type.GetElementType()!)}"
        : type.IsEnum ? string.Join(", ", StrictYaml.NamesOf(type))
        : type.IsAssignableTo(typeof(IWord)) ? string.Join(", ", ((IWord)RecordShape.DefaultOf(type)).Words)
        : type == typeof(bool) ? "true, false"
        : type == typeof(string) ? "text"
        : type == typeof(float) || type == typeof(double) ? "number"
        : type.IsPrimitive ? "whole number"
        : "keys and values";

    private static string Plural(Type type) =>
        type == typeof(string) ? "texts"
        : type == typeof(float) || type == typeof(double) ? "numbers"
        : type.IsPrimitive ? "whole numbers"
        : "mappings";

    private static string RangeOf(RecordProperty property) =>
        property.Range is not { } range ? ""
        : Convert.ToDouble(range.Maximum, CultureInfo.InvariantCulture) >= long.MaxValue ? $" from {Number(range.Minimum)}"
        : $" from {Number(range.Minimum)} to {Number(range.Maximum)}";

    private static string Number(object bound) =>
        bound is double number
            ? ((float)number).ToString(CultureInfo.InvariantCulture)
            : Convert.ToString(bound, CultureInfo.InvariantCulture)!;

    private static string Text(object value)
    {
        YamlNode node = StrictYaml.ToValue(value);
        return node is YamlSequenceNode list && list.All(item => item is YamlScalarNode) ? $"[{string.Join(", ", list)}]"
            : node is YamlScalarNode scalar ? scalar.Value ?? ""
            : "[…]";
    }
}
