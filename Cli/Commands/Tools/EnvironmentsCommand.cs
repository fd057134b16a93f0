using System.CommandLine;
using System.Text.Json.Nodes;
using Cli.Options;
using Cli.Output;
using Environments;
using Spectre.Console;

namespace Cli.Commands.Tools;

/// <summary><c>agents environments</c>.</summary>
internal sealed class EnvironmentsCommand(TextWriter output)
{
    private readonly Argument<string?> _id = new("id")
    {
        Description = "One environment to describe.",
        Arity = ArgumentArity.ZeroOrOne,
    };
    private readonly RegistryOptions _options = new();
    private readonly Option<bool> _json = JsonOption.Create();

    /// <summary>The command.</summary>
    public static Command Create(TextWriter output) => new EnvironmentsCommand(output).Build();

    private Command Build()
    {
        var command = new Command(
            "environments",
            """
            Lists the environments, or describes one: spaces, limits, rewards, and a picture where the terminal shows colours.

            Examples:
              agents environments
              agents environments Pendulum-v1
            """
        )
        {
            _id,
            _json,
        };
        _options.AddTo(command);
        command.SetAction(Run);
        return command;
    }

    private void Run(ParseResult parsed)
    {
        string? wanted = parsed.GetValue(_id);
        EnvironmentRegistry registry = _options.Registry(parsed, wanted);
        EnvironmentSpec[] specs = wanted is null ? [.. registry.Specs] : [registry.Find(wanted)];
        if (parsed.GetValue(_json))
        {
            output.WriteLine(new JsonObject { ["environments"] = new JsonArray([.. specs.Select(ToJson)]) }.ToJsonString());
        }
        else if (wanted is null)
        {
            Table table = Tables.Create("id", "observations", "actions", "step limit", "solved from", "random");
            foreach (EnvironmentSpec spec in specs)
            {
                table.AddRow(
                    spec.Id,
                    Tables.Foreign(spec.ObservationSpace.ToString()),
                    Tables.Foreign(spec.ActionSpace.ToString()),
                    Optional(spec.MaxEpisodeSteps),
                    Optional(spec.RewardThreshold),
                    Optional(spec.RandomReturn)
                );
            }
            Tables.Print(output, table);
        }
        else
        {
            EnvironmentSpec spec = specs[0];
            Table table = Tables.Create(Tables.Foreign(spec.Id), Tables.Foreign(spec.Description));
            table.AddRow("observations", Tables.Foreign(spec.ObservationSpace.ToString()));
            table.AddRow("actions", Tables.Foreign(spec.ActionSpace.ToString()));
            table.AddRow("step limit", Optional(spec.MaxEpisodeSteps));
            table.AddRow("solved from a mean return of", Optional(spec.RewardThreshold));
            table.AddRow("mean return of random actions", Optional(spec.RandomReturn));
            if (spec.ActionNames.Count > 0)
            {
                table.AddRow("names of the actions", Tables.Foreign(string.Join(", ", spec.ActionNames)));
            }
            Tables.Print(output, table);
            Terminal.PrintPicture(output, registry, spec.Id);
        }
    }

    private static string Optional(double? value) => value is { } number ? Tables.Number(number) : "–";

    private static JsonNode ToJson(EnvironmentSpec spec) =>
        new JsonObject
        {
            ["id"] = spec.Id,
            ["description"] = spec.Description,
            ["observation_space"] = spec.ObservationSpace.ToString(),
            ["action_space"] = spec.ActionSpace.ToString(),
            ["action_names"] = new JsonArray([.. spec.ActionNames.Select(name => (JsonNode)name)]),
            ["max_episode_steps"] = spec.MaxEpisodeSteps,
            ["reward_threshold"] = spec.RewardThreshold,
            ["random_return"] = spec.RandomReturn,
        };
}
