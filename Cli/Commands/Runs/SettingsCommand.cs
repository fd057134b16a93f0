using System.CommandLine;
using System.Text.Json.Nodes;
using Agents.Yaml;
using Cli.Options;
using Cli.Output;
using Learners.Configuration;

namespace Cli.Commands.Runs;

/// <summary><c>agents settings</c>.</summary>
internal sealed class SettingsCommand(TextWriter output)
{
    private readonly Argument<string> _agent = new("agent")
    {
        Description = "Agent whose run is meant. Default: ppo.",
        DefaultValueFactory = _ => AgentRegistry.UsualName,
    };

    private readonly Option<string?> _find = new("--find")
    {
        Description = "Shows only settings whose key or meaning holds this text.",
    };

    private readonly Option<bool> _markdown = new("--markdown")
    {
        Description = "Prints the settings of all agents as one page of Markdown.",
    };

    private readonly RegistryOptions _registry = new();
    private readonly Option<bool> _json = JsonOption.Create();

    /// <summary>The command.</summary>
    public static Command Create(TextWriter output) => new SettingsCommand(output).Build();

    private Command Build()
    {
        var command = new Command(
            "settings",
            """
            Explains every setting of an agent's run: its key, its default, what it takes and what it means.

            A key with dots is what --set takes; in a YAML file the parts stand below each other.

            Examples:
              agents settings
              agents settings acktr --find trust
              agents settings ppo --json
            """
        )
        {
            _agent,
            _find,
            _json,
            _markdown,
        };
        _registry.AddTo(command);
        command.SetAction(Run);
        return command;
    }

    private void Run(ParseResult parsed)
    {
        if (parsed.GetValue(_markdown))
        {
            output.Write(SettingsPage.Write(_registry.Agents(parsed).Agents));
            return;
        }
        IReadOnlyList<SettingEntry> all = SettingsCatalogue.Of(_registry.Agents(parsed).Find(parsed.GetValue(_agent)!));
        string? wanted = parsed.GetValue(_find);
        SettingEntry[] found =
        [
            .. all.Where(entry => wanted is null || Holds(entry.Key, wanted) || Holds(entry.Meaning, wanted)),
        ];
        if (found.Length == 0)
        {
            throw new SettingsException(
                $"No setting of {parsed.GetValue(_agent)} has '{wanted}' in its key or meaning. Leave --find out to see all {all.Count}."
            );
        }
        if (parsed.GetValue(_json))
        {
            output.WriteLine(
                new JsonArray([
                    .. found.Select(entry =>
                        (JsonNode)
                            new JsonObject
                            {
                                ["key"] = entry.Key,
                                ["default"] = entry.Default,
                                ["takes"] = entry.Takes,
                                ["meaning"] = entry.Meaning,
                            }
                    ),
                ]).ToJsonString()
            );
            return;
        }
        int width = Tables.WidthOf(output);
        foreach (SettingEntry entry in found)
        {
            output.WriteLine($"{entry.Key} = {(entry.Default.Length == 0 ? "(left open)" : entry.Default)}");
            foreach (string line in Paragraph.Wrap($"Takes {entry.Takes}. {entry.Meaning}", width - 4))
            {
                output.WriteLine("    " + line);
            }
        }
    }

    private static bool Holds(string text, string wanted) => text.Contains(wanted, StringComparison.OrdinalIgnoreCase);
}
