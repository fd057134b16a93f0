using System.Collections;
using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Reflection;
using System.Text.Json;
using Environments;
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
internal static class StrictYaml
{
    private const int MaxLength = 4_000_000;
    private const int MaxDepth = 64;
    private const int MaxFileSize = 4 * MaxLength; // UTF-8 takes up to four bytes for a character

    /// <summary>Reads and parses a file that the user named.</summary>
    /// <exception cref="SettingsException">It is no YAML mapping.</exception>
    /// <exception cref="IOException">It cannot be read, or is no plain file.</exception>
    public static YamlMappingNode ReadFile(string path) => Parse(PlainFile.ReadText(path, MaxFileSize), path);

    /// <summary>Reads and parses a file of a folder that somebody else may have filled.</summary>
    /// <inheritdoc cref="ReadFile"/>
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
            string cause = exception.InnerException is null ? "" : " " + exception.InnerException.Message;
            throw new SettingsException(
                $"{source}, line {exception.Start.Line}: {ForeignText.Show(exception.Message + cause)}",
                exception
            );
        }
        catch (Exception exception) when (exception is not (SettingsException or OutOfMemoryException))
        {
            // The parser fails on some broken documents with what its own checks throw, of a dozen types.
            throw new SettingsException(
                $"{source} is no YAML that can be read: {ForeignText.Show(exception.Message)}",
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
        where T : class => Bind(Activator.CreateInstance<T>(), root, source);

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
        foreach (PropertyInfo property in Settable(record.GetType()))
        {
            if (property.GetValue(record) is { } value)
            {
                mapping.Add(PlaceOf(property, value), ValueNode(value));
            }
        }
        return mapping;
    }

    private static YamlNode ValueNode(object value) =>
        value switch
        {
            YamlNode node => node,
            string text => new YamlScalarNode(text),
            bool truth => new YamlScalarNode(truth ? "true" : "false"),
            Enum word => new YamlScalarNode(KeyOf(word.ToString())),
            float number => new YamlScalarNode(YamlFormatter.Default.FormatNumber(number)),
            double number => new YamlScalarNode(YamlFormatter.Default.FormatNumber(number)),
            IFormattable number when IsScalar(value.GetType()) => new YamlScalarNode(
                number.ToString(null, CultureInfo.InvariantCulture)
            ),
            IEnumerable items => new YamlSequenceNode(items.Cast<object>().Select(ValueNode)),
            _ => ToNode(value),
        };

    /// <summary>The key of a property.</summary>
    public static string KeyOf(PropertyInfo property) => KeyOf(property.Name);

    /// <summary>The key under which a property's value stands: its own, or the one that the value names.</summary>
    public static string PlaceOf(PropertyInfo property, object? value) =>
        value is ISection section ? section.Name : KeyOf(property);

    /// <summary>The values of an enumeration, as a document writes them.</summary>
    public static IEnumerable<string> NamesOf(Type enumeration) => Enum.GetNames(enumeration).Select(KeyOf);

    // As the naming convention of the library that writes, which searches by regular expressions at each call.
    private static string KeyOf(string name) => JsonNamingPolicy.SnakeCaseLower.ConvertName(name);

    /// <summary>Checks the ranges of a record and of the records in it.</summary>
    /// <exception cref="SettingsException">A value is out of range.</exception>
    public static void Validate(object? value, string path, string source)
    {
        if (value is null or YamlNode || IsScalar(value.GetType()))
        {
            return;
        }
        if (value is IEnumerable items)
        {
            foreach (object? item in items)
            {
                Validate(item, path, source);
            }
            return;
        }
        foreach (PropertyInfo property in Settable(value.GetType()))
        {
            object? member = property.GetValue(value);
            string key = path + PlaceOf(property, member);
            if (
                member
                is float
                    and not (>= float.MinValue and <= float.MaxValue)
                    or double
                    and not (>= double.MinValue and <= double.MaxValue)
            )
            {
                throw new SettingsException(
                    string.Create(CultureInfo.InvariantCulture, $"{source}: {key} is {member}, but must be a finite number.")
                );
            }
            if (property.GetCustomAttribute<RangeAttribute>() is { } range && member is not null && !range.IsValid(member))
            {
                throw new SettingsException(
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"{source}: {key} is {member}, but must be between {Bound(range.Minimum)} and {Bound(range.Maximum)}."
                    )
                );
            }
            if (member is Enum word && !Enum.IsDefined(member.GetType(), word))
            {
                string known = string.Join(", ", NamesOf(member.GetType()));
                throw new SettingsException($"{source}: {key} is {word}, but must be one of {known}.");
            }
            Validate(member, key + ".", source);
        }
        if (value is IValidatableObject validatable)
        {
            foreach (ValidationResult result in validatable.Validate(new ValidationContext(value)))
            {
                string member = result.MemberNames.FirstOrDefault() is { } name ? path + Dotted(name) : path.TrimEnd('.');
                throw new SettingsException($"{source}: {member}: {result.ErrorMessage}");
            }
        }
    }

    // A record may name a member of one of its members, such as Ppo.BurnIn.
    private static string Dotted(string name) => string.Join('.', name.Split('.').Select(KeyOf));

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
            var items = Array.CreateInstance(type.GetElementType()!, sequence.Children.Count);
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
        object record = Activator.CreateInstance(type)!;
        Fill(record, mapping, path, source);
        return record;
    }

    private static void Fill(object record, YamlMappingNode mapping, string path, string source)
    {
        // Single values come first: one of them may choose which section stands in a property.
        foreach (bool sections in (ReadOnlySpan<bool>)[false, true])
        {
            Dictionary<string, PropertyInfo> known = KnownKeys(record, out Dictionary<string, ISection> names);
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

    private static Dictionary<string, PropertyInfo> KnownKeys(object record, out Dictionary<string, ISection> names)
    {
        var known = new Dictionary<string, PropertyInfo>();
        names = [];
        foreach (PropertyInfo property in Settable(record.GetType()))
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
        Dictionary<string, PropertyInfo> known,
        Dictionary<string, ISection> names,
        string path,
        string source
    )
    {
        if (!known.TryGetValue(name, out PropertyInfo? property))
        {
            string hint = (record as IKeyHints)?.HintOf(name) is { } sentence ? " " + sentence : Suggest(path, name, known.Keys);
            throw new SettingsException($"{source}: there is no setting '{path}{ForeignText.Show(name)}'.{hint}");
        }
        if (names.TryGetValue(name, out ISection? named))
        {
            RequireName(child, named, path + name, source);
            return;
        }
        bool absent = child is YamlScalarNode { Value: "" or "null" or "~", Style: YamlDotNet.Core.ScalarStyle.Plain };
        if (property.GetValue(record) is ISection defaults)
        {
            object section = defaults.Copy();
            Fill(section, Keys(child, path + name, source), $"{path}{name}.", source);
            property.SetValue(record, section);
        }
        else if (!absent || Nullable.GetUnderlyingType(property.PropertyType) is null)
        {
            property.SetValue(record, Read(child, property.PropertyType, $"{path}{name}.", source));
        }
    }

    private static void RequireName(YamlNode node, ISection section, string key, string source)
    {
        if ((node as YamlScalarNode)?.Value is var name && name != section.Name)
        {
            throw new SettingsException(
                $"{source}: {key} is '{ForeignText.Show(name ?? "")}', but these are settings of {section.Name}."
            );
        }
    }

    private static YamlMappingNode Keys(YamlNode node, string key, string source) =>
        node as YamlMappingNode ?? throw new SettingsException($"{source}: {key} must hold keys and values.");

    // Attributes hold the bounds of float settings as float64, whose digits nobody wrote.
    private static object Bound(object bound) => bound is double number ? (float)number : bound;

    private static string Suggest(string path, string name, IEnumerable<string> known) =>
        NearestName.Find(name, known) is { } nearest
            ? $" Did you mean '{path}{nearest}'?"
            : $" Known here: {string.Join(", ", known)}.";

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
                ? Enum.GetValues(type).GetValue(index)!
                : throw new SettingsException(
                    $"{source}: {key} is '{ForeignText.Show(text)}', but must be one of {string.Join(", ", names)}."
                );
        }
        if (type == typeof(bool))
        {
            return text is "true" or "false"
                ? text == "true"
                : throw new SettingsException($"{source}: {key} is '{ForeignText.Show(text)}', but must be true or false.");
        }
        string digits = text.Replace("_", "", StringComparison.Ordinal);
        if (type == typeof(float) || type == typeof(double))
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
                throw new SettingsException(
                    $"{source}: {key} is '{ForeignText.Show(text)}', but must be a number, such as 3e-4."
                );
            }
            if (type == typeof(float))
            {
                return special is { } single
                    ? (float)single
                    : float.Parse(digits, NumberStyles.Float, CultureInfo.InvariantCulture);
            }
            return special ?? double.Parse(digits, NumberStyles.Float, CultureInfo.InvariantCulture);
        }
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

    /// <summary>Whether values of a type are single ones.</summary>
    public static bool IsScalar(Type type) => type.IsPrimitive || type.IsEnum || type == typeof(string);

    /// <summary>The properties of a record that a document sets.</summary>
    public static IEnumerable<PropertyInfo> Settable(Type type) =>
        type.GetProperties(BindingFlags.Public | BindingFlags.Instance)
            .Where(property => property.CanWrite && property.GetIndexParameters().Length == 0);
}
