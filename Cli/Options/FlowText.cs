using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Cli.Options;

/// <summary>Writes YAML on one line, as a single value of the command line holds it.</summary>
internal static class FlowText
{
    /// <summary>The text of a node.</summary>
    public static string Of(YamlNode node) =>
        node switch
        {
            YamlMappingNode mapping => $"{{{string.Join(", ", mapping.Select(pair => $"{Of(pair.Key)}: {Of(pair.Value)}"))}}}",
            YamlSequenceNode list => $"[{string.Join(", ", list.Select(Of))}]",
            YamlScalarNode { Style: ScalarStyle.Plain or ScalarStyle.Any, Value: { Length: > 0 } plain } => plain,
            YamlScalarNode scalar => $"'{scalar.Value?.Replace("'", "''", StringComparison.Ordinal)}'",
            _ => throw new InvalidOperationException($"There is no text for {node.NodeType}."),
        };
}
