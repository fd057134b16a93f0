using System.CommandLine;
using System.Text.Json.Nodes;
using Agents.Networks.Cores;
using Agents.Yaml;
using Learners.Composition;
using Learners.Training;
using Spectre.Console;

namespace Cli.Commands;

/// <summary><c>agents list</c>.</summary>
internal static class ListCommand
{
    public static Command Create(TextWriter output)
    {
        var registry = new RegistryOptions();
        Option<bool> json = JsonOption.Create();
        var command = new Command(
            "list",
            """
            Lists the agents and memory cores, and the environments that each agent has tuned settings for.

            Example:
              agents list --json
              agents list --assembly path/to/Own.dll
            """
        )
        {
            json,
        };
        registry.AddTo(command);
        command.SetAction(parsed =>
        {
            IReadOnlyCollection<Agent> all = registry.Agents(parsed).Agents;
            ILookup<string, string> tuned = SettingsSources.Tuned.ToLookup(entry => entry.Agent, entry => entry.Environment);
            if (parsed.GetValue(json))
            {
                var agents = new JsonArray([.. all.Select(Describe)]);
                var coreNames = new JsonArray([.. MemoryCores.All.Select(core => (JsonNode)core.Name)]);
                output.WriteLine(new JsonObject { ["agents"] = agents, ["cores"] = coreNames }.ToJsonString());
                return;
            }
            Table table = Tables.Create("agent", "what it is", "tuned for");
            foreach (Agent agent in all)
            {
                table.AddRow(agent.Name, Markup.Escape(agent.Description), string.Join(", ", tuned[agent.Name].Order()));
            }
            Tables.Print(output, table);
            Table cores = Tables.Create("core", "what it is", "settings of its own");
            foreach (CoreEntry core in MemoryCores.All)
            {
                IEnumerable<string> keys = core.Settings is null
                    ? []
                    : StrictYaml.Settable(core.Settings.GetType()).Select(key => $"network.{core.Name}.{StrictYaml.KeyOf(key)}");
                cores.AddRow(core.Name, Markup.Escape(core.Description), string.Join(", ", keys));
            }
            Tables.Print(output, cores);

            JsonNode Describe(Agent agent) =>
                new JsonObject
                {
                    ["name"] = agent.Name,
                    ["description"] = agent.Description,
                    ["tuned_for"] = new JsonArray([.. tuned[agent.Name].Order().Select(id => (JsonNode)id)]),
                };
        });
        return command;
    }
}
