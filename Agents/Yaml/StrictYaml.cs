using System.Collections;
using System.Globalization;
using System.Text.Json;
using Protos.Foreign;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;
using YamlDotNet.Serialization;

namespace Agents.Yaml;

/// <summary>YAML into records without surprises: unknown keys, wrong types and values out of range are errors that name the key.</summary>
/// <remarks>
/// Keys are the property names in lower case with underscores. Missing keys keep the record's default. A property that is a mapping node
/// takes whatever stands there, for settings that are bound later.
/// </remarks>
internal static partial class StrictYaml
{
    private const int MaxLength = 4_000_000;
    private const int MaxDepth = 64;
    private const int MaxFileSize = 4 * MaxLength; // UTF-8 takes up to four bytes for a character

    /// <summary>What a file of settings is called in messages.</summary>
    public const string SettingsFile = "file of settings (--config)";

    /// <summary>Reads and parses a file that the user named.</summary>
    /// <param name="path">The file.</param>
    /// <param name="what">What it is to the user, after "the", for messages.</param>
    /// <exception cref="SettingsException">It cannot be read, is no plain file, or no YAML mapping.</exception>
    public static YamlMappingNode ReadFile(string path, string what)
    {
        try
        {
            return Parse(PlainFile.ReadText(path, MaxFileSize), path);
        }
        catch (Exception exception) when (DiskFailure.IsOne(exception))
        {
            throw new SettingsException($"The {what} cannot be read. {exception.Message}", exception);
        }
    }

    /// <summary>Reads and parses a file of a folder that somebody else may have filled.</summary>
    /// <exception cref="SettingsException">It is no YAML mapping.</exception>
    /// <exception cref="IOException">It cannot be read, or is no plain file.</exception>
    public static YamlMappingNode ReadFileIn(string folder, string name) =>
        Parse(PlainFile.ReadTextIn(folder, name, MaxFileSize), Path.Combine(folder, name));

    /// <summary>Parses a document whose root is a mapping.</summary>
    /// <param name="text">The YAML.</param>
    /// <param name="source">Where it comes from, for messages.</param>
    /// <exception cref="SettingsException">It is no YAML mapping.</exception>
    public static YamlMappingNode Parse(string text, string source)
    {
        try
        {
            RequireTame(text, source);
            var stream = new YamlStream();
            stream.Load(new StringReader(text));
            return stream.Documents switch
            {
                [] => [],
                [{ RootNode: YamlMappingNode root }] => root,
                _ => throw new SettingsException($"{source}: one mapping of keys to values was expected."),
            };
        }
        catch (YamlException exception)
        {
            throw new SettingsException(
                $"{source}, line {exception.Start.Line}: {ForeignText.Show(exception.Message)}",
                exception
            );
        }
        catch (Exception exception) when (exception is not (SettingsException or OutOfMemoryException))
        {
            // The parser fails on some broken documents with what its own checks throw, of a dozen types, whose texts tell a user nothing.
            throw new SettingsException(
                $"{source} is not YAML: it is damaged, or a file of another kind. Restore it from a copy, or write it anew.",
                exception
            );
        }
    }

    /// <summary>Lays <paramref name="over"/> on <paramref name="under"/>: mappings merge, anything else replaces.</summary>
    public static void Merge(YamlMappingNode under, YamlMappingNode over)
    {
        foreach ((YamlNode key, YamlNode value) in over.Children)
        {
            if (
                under.Children.TryGetValue(key, out YamlNode? existing)
                && existing is YamlMappingNode inner
                && value is YamlMappingNode outer
            )
            {
                Merge(inner, outer);
            }
            else
            {
                under.Children[key] = value;
            }
        }
    }

    /// <summary>Sets one value by its dotted key, such as <c>ppo.learning_rate=3e-4</c>.</summary>
    /// <exception cref="SettingsException">There is no equals sign.</exception>
    public static void Assign(YamlMappingNode root, string assignment)
    {
        int equals = assignment.IndexOf('=', StringComparison.Ordinal);
        if (equals < 1)
        {
            throw new SettingsException($"'{assignment}' sets nothing. Write key=value, for example ppo.learning_rate=3e-4.");
        }
        string[] path = assignment[..equals].Trim().Split('.');
        YamlMappingNode value = Parse("value: " + assignment[(equals + 1)..], $"--set {assignment}");
        YamlMappingNode node = root;
        foreach (string key in path[..^1])
        {
            if (!node.Children.TryGetValue(key, out YamlNode? child) || child is not YamlMappingNode mapping)
            {
                mapping = [];
                node.Children[key] = mapping;
            }
            node = mapping;
        }
        node.Children[path[^1]] = value["value"];
    }

    /// <summary>Binds a document to a record.</summary>
    /// <exception cref="SettingsException">A key is unknown, a value has the wrong type or is out of range.</exception>
    public static T Bind<T>(YamlMappingNode root, string source)
        where T : class => Bind((T)RecordShape.Create(typeof(T)), root, source);

    /// <summary>Lays a document over a record of defaults, which nobody else may hold: sections that name themselves are those of its values.</summary>
    /// <inheritdoc cref="Bind{T}(YamlMappingNode, string)"/>
    public static T Bind<T>(T defaults, YamlMappingNode root, string source)
        where T : class
    {
        Fill(defaults, root, "", source);
        Validate(defaults, "", source);
        return defaults;
    }

    /// <summary>Writes a record with every key, so that a file shows everything that was resolved.</summary>
    public static string Write<T>(T value)
        where T : class => YamlText.Write(value as YamlMappingNode ?? ToNode(value));

    /// <summary>A record as a document with every key; settings that were left open are left out.</summary>
    public static YamlMappingNode ToNode(object record)
    {
        var mapping = new YamlMappingNode();
        foreach (RecordProperty property in Settable(record.GetType()))
        {
            if (property.GetValue(record) is { } value)
            {
                if (value is NamedSettings chosen)
                {
                    mapping.Add(KeyOf(property), chosen.Name); // the choice; its settings follow under its name
                }
                mapping.Add(PlaceOf(property, value), ValueNode(value));
            }
        }
        return mapping;
    }

    /// <summary>Takes out settings of parts that are not chosen.</summary>
    /// <param name="record">Tells where parts are chosen, and which one where nothing else is said.</param>
    /// <param name="settings">The record's document, which is changed.</param>
    /// <param name="choices">Where choices may stand, too, and then count first; null for nowhere.</param>
    /// <remarks>Lists of parts are as the choices have them where these are of a whole record, or have an empty list; otherwise they are added to those of the settings.</remarks>
    public static void RemoveUnchosen(object record, YamlMappingNode settings, YamlMappingNode? choices = null)
    {
        IReadOnlyList<RecordProperty> properties = Settable(record.GetType());
        bool isWhole =
            choices is not null
            && properties.All(property => property.GetValue(record) is null || choices.Children.ContainsKey(KeyOf(property)));
        foreach (RecordProperty property in properties)
        {
            if (property.GetValue(record) is IParts && List(choices) is { } list && (isWhole || list.Children.Count == 0))
            {
                settings.Children.Remove(KeyOf(property));
            }
            if (property.GetValue(record) is not NamedSettings usual)
            {
                continue;
            }
            string chosen = Choice(choices) ?? Choice(settings) ?? usual.Name;
            foreach (NamedSettings part in usual.Table.Parts.Where(part => part.Name != chosen))
            {
                settings.Children.Remove(part.Name);
            }

            string? Choice(YamlMappingNode? node) =>
                node is not null && node.Children.TryGetValue(KeyOf(property), out YamlNode? value)
                    ? (value as YamlScalarNode)?.Value
                    : null;

            YamlMappingNode? List(YamlMappingNode? node) =>
                node is not null && node.Children.TryGetValue(KeyOf(property), out YamlNode? value)
                    ? value as YamlMappingNode
                    : null;
        }
    }

    /// <summary>A value of a record as a document writes it.</summary>
    public static YamlNode ToValue(object value) => ValueNode(value);

    private static YamlNode ValueNode(object value) =>
        value switch
        {
            YamlNode node => node,
            string text => new YamlScalarNode(text),
            IWord word => new YamlScalarNode(word.Word),
            bool truth => new YamlScalarNode(truth ? "true" : "false"),
            Enum word => new YamlScalarNode(KeyOf(word.ToString())),
            float number => new YamlScalarNode(YamlFormatter.Default.FormatNumber(number)),
            double number => new YamlScalarNode(YamlFormatter.Default.FormatNumber(number)),
            IFormattable number when IsScalar(value.GetType()) => new YamlScalarNode(
                number.ToString(null, CultureInfo.InvariantCulture)
            ),
            IParts parts => PartsNode(parts),
            IEnumerable items => new YamlSequenceNode(items.Cast<object>().Select(ValueNode)),
            _ => ToNode(value),
        };

    private static YamlMappingNode PartsNode(IParts parts)
    {
        var node = new YamlMappingNode();
        foreach (NamedSettings part in parts.Items)
        {
            node.Add(part.Name, ToNode(part));
        }
        return node;
    }

    /// <summary>The key of a property.</summary>
    public static string KeyOf(RecordProperty property) => KeyOf(property.Name);

    /// <summary>The key under which a property's value stands: its own, or the one that the value names.</summary>
    public static string PlaceOf(RecordProperty property, object? value) =>
        value is ISection section ? section.Name : KeyOf(property);

    /// <summary>The values of an enumeration, as a document writes them.</summary>
    public static IEnumerable<string> NamesOf(Type enumeration) => Enum.GetNames(enumeration).Select(KeyOf);

    // As the naming convention of the library that writes, which searches by regular expressions at each call.
    private static string KeyOf(string name) => JsonNamingPolicy.SnakeCaseLower.ConvertName(name);

    // Documents come from strangers: aliases can be circular and depth can exhaust the stack, so both are refused before a tree is built.
    private static void RequireTame(string text, string source)
    {
        if (text.Length > MaxLength)
        {
            throw new SettingsException($"{source} has {text.Length} characters; at most {MaxLength} are read.");
        }
        var parser = new YamlDotNet.Core.Parser(new StringReader(text));
        int depth = 0;
        while (parser.MoveNext())
        {
            depth += parser.Current!.NestingIncrease;
            if (depth > MaxDepth || parser.Current is YamlDotNet.Core.Events.AnchorAlias)
            {
                throw new SettingsException(
                    $"{source}, line {parser.Current.Start.Line}: aliases and more than {MaxDepth} levels are not read. Write the values out."
                );
            }
        }
    }

    /// <summary>Whether a value is a record whose properties have keys.</summary>
    public static bool IsRecord(object value) => value is not (YamlNode or IEnumerable or IParts) && !IsScalar(value.GetType());

    /// <summary>Whether values of a type are single ones.</summary>
    public static bool IsScalar(Type type) =>
        type.IsPrimitive || type.IsEnum || type == typeof(string) || type.IsAssignableTo(typeof(IWord));

    /// <summary>The properties of a record that a document sets.</summary>
    public static IReadOnlyList<RecordProperty> Settable(Type type) => RecordShape.Of(type).Properties;
}
