using System.CommandLine;
using System.Text.Json.Nodes;
using Agents.Networks;
using Learners.Training;
using Spectre.Console;

namespace Cli.Commands;

/// <summary><c>agents list</c>.</summary>
internal static class ListCommand
{
    private static readonly Dictionary<string, string> Descriptions = new()
    {
        ["a2c"] = "advantage actor-critic, synchronous (Mnih et al. 2016)",
        ["acktr"] = "actor-critic with Kronecker-factored trust region (Wu et al. 2017)",
        ["ppo"] = "proximal policy optimisation (Schulman et al. 2017)",
    };

    public static Command Create(TextWriter output)
    {
        Option<bool> json = JsonOption.Create();
        var command = new Command(
            "list",
            """
            Lists the agents and memory cores, and the environments that each agent has tuned settings for.

            Example:
              agents list --json
            """
        )
        {
            json,
        };
        command.SetAction(parsed =>
        {
            string[] cores = [.. Enum.GetNames<CoreKind>().Select(name => name.ToLowerInvariant())];
            ILookup<string, string> tuned = SettingsSources.Tuned.ToLookup(entry => entry.Agent, entry => entry.Environment);
            if (parsed.GetValue(json))
            {
                var agents = new JsonArray([.. TrainingSettings.AgentNames.Select(Describe)]);
                var coreNames = new JsonArray([.. cores.Select(core => (JsonNode)core)]);
                output.WriteLine(new JsonObject { ["agents"] = agents, ["cores"] = coreNames }.ToJsonString());
                return;
            }
            Table table = Tables.Create("agent", "what it is", "tuned for");
            foreach (string name in TrainingSettings.AgentNames)
            {
                table.AddRow(
                    name,
                    Markup.Escape(Descriptions.GetValueOrDefault(name, "")),
                    string.Join(", ", tuned[name].Order())
                );
            }
            Tables.Print(output, table);
            output.WriteLine($"Memory cores: {string.Join(", ", cores)}");

            JsonNode Describe(string name) =>
                new JsonObject
                {
                    ["name"] = name,
                    ["description"] = Descriptions.GetValueOrDefault(name, ""),
                    ["tuned_for"] = new JsonArray([.. tuned[name].Order().Select(id => (JsonNode)id)]),
                };
        });
        return command;
    }
}
