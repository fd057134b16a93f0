using YamlDotNet.RepresentationModel;

namespace Agents.Yaml;

/// <summary>Documents as lists of dotted keys, by which two of them are compared.</summary>
internal static class FlatYaml
{
    /// <summary>Every value by its dotted key, in the order of the document; lists are values.</summary>
    /// <param name="yaml">A document whose root is a mapping.</param>
    /// <exception cref="SettingsException">It is no YAML mapping.</exception>
    public static IReadOnlyDictionary<string, string> Of(string yaml)
    {
        var flat = new OrderedDictionary<string, string>();
        Add(StrictYaml.Parse(yaml, "settings"), "");
        return flat;

        void Add(YamlMappingNode mapping, string path)
        {
            foreach ((YamlNode key, YamlNode value) in mapping.Children)
            {
                if (value is YamlMappingNode { Children.Count: > 0 } inner)
                {
                    Add(inner, $"{path}{key}.");
                }
                else
                {
                    flat[path + key] = value switch
                    {
                        YamlSequenceNode list => $"[{string.Join(", ", list.Children)}]",
                        YamlMappingNode => "{}",
                        _ => value.ToString(),
                    };
                }
            }
        }
    }

    /// <summary>The first setting that two documents disagree on, such as <c>seed was 1 and is now 2</c>; null where they agree.</summary>
    public static string? FirstChange(string before, string now)
    {
        IReadOnlyDictionary<string, string> old = Of(before);
        IReadOnlyDictionary<string, string> current = Of(now);
        foreach ((string key, string value) in current)
        {
            if (!old.TryGetValue(key, out string? was))
            {
                return $"{key} is now {value}, and was not set";
            }
            if (was != value)
            {
                return $"{key} was {was} and is now {value}";
            }
        }
        return old.FirstOrDefault(pair => !current.ContainsKey(pair.Key)) is { Key: { } gone }
            ? $"{gone} was {old[gone]} and is not set now"
            : null;
    }
}
