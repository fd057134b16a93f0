using System.Text.RegularExpressions;
using YamlDotNet.Core;
using YamlDotNet.Serialization;

namespace Tests.DeployTests;

/// <summary>The deployment's files, as the repository holds them, and reading their YAML.</summary>
internal static partial class DeployFiles
{
    /// <summary>Path of a file: of the repository's root, or below <c>deploy/</c>.</summary>
    public static string PathOf(params ReadOnlySpan<string> parts) =>
        Path.Combine([AppContext.BaseDirectory, "Deploy", .. parts]);

    /// <summary>All documents of a YAML file, with merge keys resolved, as dictionaries, lists and strings.</summary>
    public static List<Dictionary<object, object>> Read(string path, IReadOnlyDictionary<string, string>? variables = null)
    {
        string text = Substitute(File.ReadAllText(path), variables ?? new Dictionary<string, string>());
        var parser = new MergingParser(new Parser(new StringReader(text)));
        IDeserializer deserializer = new DeserializerBuilder().Build();
        List<Dictionary<object, object>> documents = [];
        parser.Consume<YamlDotNet.Core.Events.StreamStart>();
        while (parser.Accept<YamlDotNet.Core.Events.DocumentStart>(out _))
        {
            documents.Add(deserializer.Deserialize<Dictionary<object, object>>(parser));
        }
        return documents;
    }

    /// <summary>What lies at the end of a path of keys; null where there is nothing.</summary>
    public static object? At(this object? node, params ReadOnlySpan<string> keys)
    {
        foreach (string key in keys)
        {
            node = (node as Dictionary<object, object>)?.GetValueOrDefault(key);
        }
        return node;
    }

    /// <summary>The same as text; empty where there is nothing.</summary>
    public static string Text(this object? node, params ReadOnlySpan<string> keys) => node.At(keys) as string ?? "";

    /// <summary>The same as a list; empty where there is nothing.</summary>
    public static List<object> List(this object? node, params ReadOnlySpan<string> keys) => node.At(keys) as List<object> ?? [];

    /// <summary>The same as a list of texts.</summary>
    public static string[] Texts(this object? node, params ReadOnlySpan<string> keys) => [.. node.List(keys).Cast<string>()];

    // ${NAME:-default}, as Compose has it.
    private static string Substitute(string text, IReadOnlyDictionary<string, string> variables) =>
        Variable().Replace(text, match => variables.GetValueOrDefault(match.Groups[1].Value, match.Groups[2].Value));

    [GeneratedRegex(@"\$\{([A-Z_]+):-([^}]*)\}")]
    private static partial Regex Variable();
}
