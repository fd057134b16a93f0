using Environments;
using YamlDotNet.RepresentationModel;

namespace Studies.Running;

/// <summary>Settings of a claim as trees, and ids with the options of an arm.</summary>
internal static class ClaimNodes
{
    /// <summary>An id with further options, which win over its own.</summary>
    public static string WithOptions(string id, YamlMappingNode options)
    {
        if (options.Children.Count == 0)
        {
            return id;
        }
        string name = EnvironmentId.NameOf(id);
        var values = new Dictionary<string, string>();
        foreach (string part in id[name.Length..].TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            int equals = part.IndexOf('=', StringComparison.Ordinal);
            values[equals < 0 ? part : part[..equals]] = equals < 0 ? "" : part[(equals + 1)..];
        }
        foreach ((YamlNode key, YamlNode value) in options.Children)
        {
            values[key.ToString()] = value.ToString();
        }
        return $"{name}?{string.Join('&', values.Select(pair => $"{pair.Key}={pair.Value}"))}";
    }

    /// <summary>A tree of its own. Merging lays nodes into a tree, and the next layer would change them in the claim.</summary>
    public static YamlMappingNode Copy(YamlMappingNode node) => (YamlMappingNode)CopyOf(node);

    private static YamlNode CopyOf(YamlNode node) =>
        node switch
        {
            YamlMappingNode mapping => new YamlMappingNode(
                mapping.Children.Select(pair => KeyValuePair.Create(CopyOf(pair.Key), CopyOf(pair.Value)))
            ),
            YamlSequenceNode sequence => new YamlSequenceNode(sequence.Children.Select(CopyOf)) { Style = sequence.Style },
            YamlScalarNode scalar => new YamlScalarNode(scalar.Value) { Style = scalar.Style },
            _ => node,
        };
}
