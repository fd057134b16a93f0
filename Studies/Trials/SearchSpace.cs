using System.Globalization;
using Agents.Yaml;
using Environments.Randomness;
using YamlDotNet.RepresentationModel;

namespace Studies.Trials;

/// <summary>The settings that a study varies. Immutable.</summary>
/// <param name="Parameters">In the order of the file; what a condition names stands before what depends on it.</param>
internal sealed record SearchSpace(IReadOnlyList<SearchParameter> Parameters)
{
    private static readonly string[] Keys = ["from", "to", "scale", "whole", "points", "step", "start", "choices", "when"];

    /// <summary>Reads the section <c>space</c>.</summary>
    /// <param name="section">Dotted keys to a list of choices, or to a mapping with <c>from</c> and <c>to</c> or <c>choices</c>.</param>
    /// <param name="source">Where it comes from, for messages.</param>
    /// <exception cref="SettingsException">An entry says nothing that can be searched.</exception>
    public static SearchSpace Read(YamlMappingNode section, string source)
    {
        var parameters = new List<SearchParameter>();
        foreach ((YamlNode key, YamlNode value) in section.Children)
        {
            string name = key.ToString();
            SearchParameter parameter = value switch
            {
                YamlSequenceNode list => new SearchParameter { Key = name, Choices = ChoicesOf(list, name, source) },
                YamlMappingNode mapping => Parse(name, mapping, source),
                _ => throw Mistake(source, name, "has one value. Give a list of choices, or put it under settings"),
            };
            if (
                parameter.When is { } condition
                && parameters.Find(other => other.Key == condition.Key)?.Choices.Contains(condition.Value) != true
            )
            {
                throw Mistake(
                    source,
                    name,
                    $"depends on {condition.Key} being {condition.Value}, which is no choice of a setting above it. Put {condition.Key} first, with that choice"
                );
            }
            parameters.Add(parameter);
        }
        return new SearchSpace(parameters);
    }

    /// <summary>A point drawn from what the study begins with.</summary>
    public SearchPoint Draw(ref Pcg64 random)
    {
        var values = new List<KeyValuePair<string, string>>();
        foreach (SearchParameter parameter in Parameters)
        {
            // Drawn even where it does not exist, so that one setting's choice does not move another's draw.
            string value = parameter.Draw(ref random);
            if (parameter.ExistsIn(new SearchPoint(values)))
            {
                values.Add(KeyValuePair.Create(parameter.Key, value));
            }
        }
        return new SearchPoint(values);
    }

    /// <summary>Every combination, the last setting changing fastest.</summary>
    /// <exception cref="SettingsException">A range has no number of points.</exception>
    public IReadOnlyList<SearchPoint> Grid()
    {
        List<SearchPoint> points = [SearchPoint.Empty];
        foreach (SearchParameter parameter in Parameters)
        {
            if (parameter is { IsRange: true, Points: 0 })
            {
                throw new SettingsException(
                    $"space.{parameter.Key} is a range, and a grid needs a number of points in it. Add 'points: 5', give a list, or choose another method, such as random."
                );
            }
            points =
            [
                .. points.SelectMany(point =>
                    parameter.ExistsIn(point)
                        ? parameter.GridValues().Select(value => new SearchPoint([.. point, new(parameter.Key, value)]))
                        : [point]
                ),
            ];
        }
        return points;
    }

    /// <summary>Points that together show every choice and both ends of every range, to try settings before anything is trained.</summary>
    public IEnumerable<SearchPoint> Corners()
    {
        var random = new Pcg64(0);
        SearchPoint any = Draw(ref random);
        yield return any;
        foreach (SearchParameter parameter in Parameters)
        {
            IEnumerable<string> values = parameter.IsRange
                ? [parameter.TextOf(parameter.From), parameter.TextOf(parameter.To)]
                : parameter.Choices;
            foreach (string value in values)
            {
                yield return With(any, parameter, value);
            }
        }
    }

    // The point with one more value, with what its condition asks for, and without what depends on another choice.
    private SearchPoint With(SearchPoint point, SearchParameter changed, string value)
    {
        Dictionary<string, string> wanted = new() { [changed.Key] = value };
        for (SearchParameter? at = changed; at?.When is { } condition; at = Parameters.First(p => p.Key == condition.Key))
        {
            wanted[condition.Key] = condition.Value;
        }
        var random = new Pcg64(1);
        var values = new List<KeyValuePair<string, string>>();
        foreach (SearchParameter parameter in Parameters)
        {
            string drawn = parameter.Draw(ref random);
            if (parameter.ExistsIn(new SearchPoint(values)))
            {
                values.Add(new(parameter.Key, wanted.GetValueOrDefault(parameter.Key) ?? point[parameter.Key] ?? drawn));
            }
        }
        return new SearchPoint(values);
    }

    private static SearchParameter Parse(string name, YamlMappingNode mapping, string source)
    {
        if (mapping.Children.Keys.Select(key => key.ToString()).FirstOrDefault(key => !Keys.Contains(key)) is { } unknown)
        {
            throw Mistake(source, name, $"has an unknown key '{unknown}'. Known: {string.Join(", ", Keys)}");
        }
        (string, string)? when = Node(mapping, "when") switch
        {
            null => null,
            YamlMappingNode { Children: [var (key, value)] } => (key.ToString(), TextOf(value, name, source)),
            _ => throw Mistake(
                source,
                name,
                "has a condition that is no single key and value. Write 'when: { ppo.optimizer: adam }'"
            ),
        };
        return Node(mapping, "choices") is { } choices
            ? Choose(name, mapping, choices, source) with
            {
                When = when,
            }
            : Range(name, mapping, source) with
            {
                When = when,
            };
    }

    private static SearchParameter Choose(string name, YamlMappingNode mapping, YamlNode choices, string source) =>
        mapping.Children.Keys.Any(key => key.ToString() is not ("choices" or "when"))
            ? throw Mistake(source, name, "has choices and a range. Give one of them")
            : new SearchParameter
            {
                Key = name,
                Choices = ChoicesOf(
                    choices as YamlSequenceNode ?? throw Mistake(source, name, "has choices that are no list"),
                    name,
                    source
                ),
            };

    private static SearchParameter Range(string name, YamlMappingNode mapping, string source)
    {
        string scale = Node(mapping, "scale")?.ToString() ?? "linear";
        var parameter = new SearchParameter
        {
            Key = name,
            From = NumberOf("from"),
            To = NumberOf("to"),
            IsLogarithmic = scale == "log",
            IsWhole = Node(mapping, "whole")?.ToString() switch
            {
                null or "false" => false,
                "true" => true,
                var other => throw Mistake(source, name, $"has whole: {other}. Give true or false"),
            },
            Points = Node(mapping, "points") is null ? 0 : (int)Math.Clamp(NumberOf("points"), 0, 10_000),
            Step = Node(mapping, "step") is null ? 0 : NumberOf("step"),
            Start = Node(mapping, "start") is null ? null : NumberOf("start"),
        };
        return scale is not ("linear" or "log") ? throw Mistake(source, name, $"has the scale '{scale}'. Give linear or log")
            : !(parameter.From < parameter.To) ? throw Mistake(source, name, "has no range. Let from be less than to")
            : parameter.IsLogarithmic && parameter.From <= 0
                ? throw Mistake(source, name, "has no logarithm at its lower end. Let from be positive, or use scale: linear")
            : parameter.Step < 0 ? throw Mistake(source, name, "has a step below 0. Let step be positive")
            : parameter.Start is { } start && !(start >= parameter.From && start <= parameter.To)
                ? throw Mistake(source, name, "starts outside its range. Let start lie between from and to")
            : parameter.IsWhole && (parameter.From % 1 != 0 || parameter.To % 1 != 0)
                ? throw Mistake(source, name, "has whole numbers between ends that are not. Give whole ends")
            : parameter;

        double NumberOf(string key) =>
            double.TryParse(Node(mapping, key)?.ToString(), CultureInfo.InvariantCulture, out double number)
            && double.IsFinite(number)
                ? number
                : throw Mistake(
                    source,
                    name,
                    $"needs a number {key}. Write '{{ from: 1e-5, to: 1e-2, scale: log }}', or a list of choices"
                );
    }

    private static YamlNode? Node(YamlMappingNode mapping, string key) =>
        mapping.Children.TryGetValue(key, out YamlNode? node) ? node : null;

    private static string[] ChoicesOf(YamlSequenceNode list, string name, string source)
    {
        string[] choices = [.. list.Children.Select(item => TextOf(item, name, source))];
        return choices.Length == 0 ? throw Mistake(source, name, "has no choices. List at least one")
            : choices.Distinct().Count() < choices.Length ? throw Mistake(source, name, "has a choice twice. List each once")
            : choices;
    }

    private static string TextOf(YamlNode node, string name, string source) =>
        node switch
        {
            YamlScalarNode { Value: { Length: > 0 } text } => text,
            YamlSequenceNode list => $"[{string.Join(", ", list.Children.Select(item => TextOf(item, name, source)))}]",
            _ => throw Mistake(source, name, "has a choice that is neither a value nor a list of values"),
        };

    private static SettingsException Mistake(string source, string name, string what) => new($"{source}: space.{name} {what}.");
}
