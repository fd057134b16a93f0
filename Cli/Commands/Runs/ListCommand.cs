using System.CommandLine;
using System.Text.Json.Nodes;
using Agents.Networks.Cores;
using Agents.Yaml;
using Cli.Options;
using Cli.Output;
using Learners.ActorCritic;
using Learners.Auxiliary;
using Learners.Composition;
using Learners.Configuration;
using Learners.Optimizers;
using Spectre.Console;

namespace Cli.Commands.Runs;

/// <summary><c>agents list</c>.</summary>
internal sealed class ListCommand(TextWriter output)
{
    private static readonly (string Key, NameTable Names)[] PartsOfAgents =
    [
        ("optimizer", OptimizerTable.Optimizers),
        ("optimizer_wrappers", OptimizerTable.Wrappers),
        ("parameter_maps", OptimizerTable.Maps),
        ("auxiliary", AuxiliaryTable.All),
    ];

    private readonly RegistryOptions _registry = new();
    private readonly Option<bool> _json = JsonOption.Create();

    /// <summary>The command.</summary>
    public static Command Create(TextWriter output) => new ListCommand(output).Build();

    private Command Build()
    {
        var command = new Command(
            "list",
            """
            Lists the agents, the memory cores, what else is chosen by name, and the environments that each agent has tuned settings for.

            Example:
              agents list --json
              agents list --assembly path/to/Own.dll
            """
        )
        {
            _json,
        };
        _registry.AddTo(command);
        command.SetAction(Run);
        return command;
    }

    private void Run(ParseResult parsed)
    {
        IReadOnlyCollection<Agent> all = _registry.Agents(parsed).Agents;
        ILookup<string, string> tuned = TunedFiles.All.ToLookup(entry => entry.Agent, entry => entry.Environment);
        if (parsed.GetValue(_json))
        {
            var agents = new JsonArray([.. all.Select(Describe)]);
            var coreNames = new JsonArray([.. MemoryCores.All.Select(core => (JsonNode)core.Name)]);
            var document = new JsonObject { ["agents"] = agents, ["cores"] = coreNames };
            foreach ((string key, NameTable names) in PartsOfAgents)
            {
                document[key] = new JsonArray([.. names.Parts.Select(part => (JsonNode)part.Name)]);
            }
            document["schedules"] = new JsonArray([.. Schedules.Names.Select(name => (JsonNode)name)]);
            output.WriteLine(document.ToJsonString());
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
        Table parts = Tables.Create("key of an agent's section", "name", "what it is", "settings of its own");
        foreach ((string key, NameTable names) in PartsOfAgents)
        {
            foreach (NamedSettings part in names.Parts)
            {
                IEnumerable<string> own = StrictYaml.Settable(part.GetType()).Select(StrictYaml.KeyOf);
                parts.AddRow(key, part.Name, Markup.Escape(part.Description), string.Join(", ", own));
            }
        }
        foreach (Schedule schedule in Schedules.All)
        {
            parts.AddRow("…_schedule", schedule.Name, Markup.Escape(schedule.Description), "");
        }
        Tables.Print(output, parts);

        JsonNode Describe(Agent agent) =>
            new JsonObject
            {
                ["name"] = agent.Name,
                ["description"] = agent.Description,
                ["tuned_for"] = new JsonArray([.. tuned[agent.Name].Order().Select(id => (JsonNode)id)]),
            };
    }
}
