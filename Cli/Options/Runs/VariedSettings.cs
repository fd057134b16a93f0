using Agents.Yaml;
using YamlDotNet.RepresentationModel;

namespace Cli.Options;

/// <summary>Settings of which a command line lists several values, <c>key=a,b,c</c>: they make a grid.</summary>
internal static class VariedSettings
{
    /// <summary>Whether an assignment lists several values: it has a comma outside brackets and quotes.</summary>
    public static bool IsVaried(string assignment) =>
        assignment.IndexOf('=', StringComparison.Ordinal) is var equals and > 0 && Parts(assignment[(equals + 1)..]).Count > 1;

    /// <summary>The varied settings as the section <c>space</c> of a study.</summary>
    /// <exception cref="SettingsException">A value is missing between commas.</exception>
    public static YamlMappingNode Find(IEnumerable<string> assignments)
    {
        var space = new YamlMappingNode();
        foreach (string assignment in assignments.Where(IsVaried))
        {
            int equals = assignment.IndexOf('=', StringComparison.Ordinal);
            IReadOnlyList<string> parts = Parts(assignment[(equals + 1)..]);
            if (parts.Any(string.IsNullOrWhiteSpace))
            {
                throw new SettingsException(
                    $"'{assignment}' has no value between two commas. Write key=a,b,c, or put a list in brackets, key=[a,b]."
                );
            }
            space.Children[assignment[..equals].Trim()] = StrictYaml.Parse(
                $"values: [{string.Join(", ", parts)}]",
                $"--set {assignment}"
            )["values"];
        }
        return space;
    }

    private static List<string> Parts(string text)
    {
        var parts = new List<string>();
        (int depth, char quote, int begin) = (0, '\0', 0);
        for (int i = 0; i < text.Length; i++)
        {
            char letter = text[i];
            if (quote != '\0')
            {
                quote = letter == quote ? '\0' : quote;
            }
            else if (letter is '\'' or '"')
            {
                quote = letter;
            }
            else if (letter is '[' or '{')
            {
                depth++;
            }
            else if (letter is ']' or '}')
            {
                depth--;
            }
            else if (letter == ',' && depth == 0)
            {
                parts.Add(text[begin..i].Trim());
                begin = i + 1;
            }
        }
        parts.Add(text[begin..].Trim());
        return parts;
    }
}
