using System.CommandLine;
using System.Text.Json.Nodes;
using Agents.Networks;
using Learners.ActorCritic;
using Learners.Training;
using Spectre.Console;

namespace Cli.Commands;

/// <summary><c>agents list</c>.</summary>
internal static class ListCommand
{
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
                var agents = new JsonArray([.. TrainingSettings.Agents.Select(Describe)]);
                var coreNames = new JsonArray([.. cores.Select(core => (JsonNode)core)]);
                output.WriteLine(new JsonObject { ["agents"] = agents, ["cores"] = coreNames }.ToJsonString());
                return;
            }
            Table table = Tables.Create("agent", "what it is", "tuned for");
            foreach (ActorCriticSettings agent in TrainingSettings.Agents)
            {
                table.AddRow(agent.AgentName, Markup.Escape(agent.Summary), string.Join(", ", tuned[agent.AgentName].Order()));
            }
            Tables.Print(output, table);
            output.WriteLine($"Memory cores: {string.Join(", ", cores)}");

            JsonNode Describe(ActorCriticSettings agent) =>
                new JsonObject
                {
                    ["name"] = agent.AgentName,
                    ["description"] = agent.Summary,
                    ["tuned_for"] = new JsonArray([.. tuned[agent.AgentName].Order().Select(id => (JsonNode)id)]),
                };
        });
        return command;
    }
}
