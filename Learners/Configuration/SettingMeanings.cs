using System.Collections.Concurrent;
using System.Reflection;
using System.Text.RegularExpressions;
using System.Xml;
using System.Xml.Linq;
using Agents.Networks;

namespace Learners.Configuration;

/// <summary>What is written about properties of settings, in the documentation that lies beside each library.</summary>
internal static partial class SettingMeanings
{
    private static readonly Assembly Networks = typeof(NetworkSettings).Assembly;
    private static readonly ConcurrentDictionary<Assembly, IReadOnlyDictionary<string, string>> Books = new();

    /// <summary>Summary and values of a property; empty where nothing is written.</summary>
    /// <param name="record">The record.</param>
    /// <param name="property">Name of the property, which may be of a base.</param>
    public static string Of(Type record, string property)
    {
        for (Type? type = record; type is not null; type = type.BaseType)
        {
            if (Written(type, property) is { Length: > 0 } meaning)
            {
                return meaning;
            }
        }
        // What a record inherits is written where it is asked for.
        return record.GetInterfaces().Select(type => Written(type, property)).FirstOrDefault(meaning => meaning.Length > 0) ?? "";
    }

    private static string Written(Type type, string property) => Written(type.Assembly, $"P:{type.FullName}.{property}");

    private static string Written(Assembly assembly, string name)
    {
        string meaning = Books.GetOrAdd(assembly, Read).GetValueOrDefault(name, "");
        // It may be what is written about another property, here or in the library of networks.
        return !meaning.StartsWith("P:", StringComparison.Ordinal) ? meaning
            : Written(assembly, meaning) is { Length: > 0 } here ? here
            : assembly == Networks ? ""
            : Written(Networks, meaning);
    }

    private static Dictionary<string, string> Read(Assembly assembly)
    {
        string path = Path.ChangeExtension(assembly.Location, ".xml");
        if (assembly.Location.Length == 0 || !File.Exists(path))
        {
            return [];
        }
        var meanings = new Dictionary<string, string>();
        try
        {
            foreach (XElement member in XDocument.Load(path).Descendants("member"))
            {
                if ((string?)member.Attribute("name") is { } name && name.StartsWith("P:", StringComparison.Ordinal))
                {
                    meanings[name] =
                        (string?)member.Element("inheritdoc")?.Attribute("cref")
                        ?? WithoutColumns(
                            string.Join(
                                ' ',
                                member.Elements().Where(part => part.Name.LocalName is "summary" or "value").Select(Text)
                            )
                        );
                }
            }
        }
        catch (Exception exception) when (exception is XmlException or IOException or UnauthorizedAccessException)
        {
            return []; // what is written only explains
        }
        return meanings;
    }

    // Range and default have columns of their own; sentences that say nothing else are for readers of the code.
    private static string WithoutColumns(string meaning) => BareFacts().Replace(meaning, "").Trim();

    [GeneratedRegex(
        @"(?<=^|\. )(?:Default [^ ,:;]+(?:,\d{3})*|Null, the default|(?:At least |From )?-?[\d.,e+-]+(?: to -?[\d.,e+-]+)?|At least [\d.,e-]+)\.(?: |$)"
    )]
    private static partial Regex BareFacts();

    private static string Text(XElement element) => Spaces().Replace(string.Concat(element.Nodes().Select(Words)), " ").Trim();

    private static string Words(XNode node) =>
        node switch
        {
            XText text => text.Value,
            XElement { Name.LocalName: "see" or "paramref" } reference => NameOf(reference),
            XElement inner => string.Concat(inner.Nodes().Select(Words)),
            _ => "",
        };

    // The last word of what is referred to, as a key of settings would be written.
    private static string NameOf(XElement reference)
    {
        string whole =
            (string?)reference.Attribute("cref")
            ?? (string?)reference.Attribute("langword")
            ?? (string?)reference.Attribute("name")
            ?? reference.Value;
        string last = whole.Split('(')[0].Split('.')[^1].Split(':')[^1];
        return whole.StartsWith("P:", StringComparison.Ordinal)
            ? System.Text.Json.JsonNamingPolicy.SnakeCaseLower.ConvertName(last)
            : last;
    }

    [GeneratedRegex(@"\s+")]
    private static partial Regex Spaces();
}
