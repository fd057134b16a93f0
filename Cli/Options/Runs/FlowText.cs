using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Cli.Options;

/// <summary>Writes YAML on one line, as a single value of the command line holds it.</summary>
internal static class FlowText
{
    // What means something between braces, where it may stand as it is on a line of its own.
    private const string Marks = ",[]{}#:'\"";

    /// <summary>The text of a node.</summary>
    public static string Of(YamlNode node) =>
        node switch
        {
            YamlMappingNode mapping => $"{{{string.Join(", ", mapping.Select(pair => $"{Of(pair.Key)}: {Of(pair.Value)}"))}}}",
            YamlSequenceNode list => $"[{string.Join(", ", list.Select(Of))}]",
            YamlScalarNode { Style: ScalarStyle.Plain or ScalarStyle.Any, Value: { Length: > 0 } plain }
                when !plain.Any(Marks.Contains) => plain,
            YamlScalarNode scalar => $"'{scalar.Value?.Replace("'", "''", StringComparison.Ordinal)}'",
            _ => throw new InvalidOperationException($"There is no text for {node.NodeType}."),
        };
}
