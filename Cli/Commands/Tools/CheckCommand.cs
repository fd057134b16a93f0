using System.CommandLine;
using System.Text.Json.Nodes;
using Cli.Options;
using Cli.Output;
using Cli.Processes;
using Environments.Checking;
using Spectre.Console;

namespace Cli.Commands.Tools;

/// <summary><c>agents check</c>.</summary>
internal sealed class CheckCommand(TextWriter output)
{
    private readonly Argument<string> _id = new("environment") { Description = "Environment id." };
    private readonly Option<string> _steps = new("--steps")
    {
        Description = "Batched steps of each check that plays.",
        DefaultValueFactory = _ => "300",
    };
    private readonly Option<string> _copies = new("--copies")
    {
        Description = "Copies that are stepped together.",
        DefaultValueFactory = _ => "3",
    };
    private readonly Option<string> _seed = new("--seed")
    {
        Description = "Seed of what is played.",
        DefaultValueFactory = _ => "1",
    };
    private readonly Option<string> _slowest = new("--slowest")
    {
        Description = "Seconds that a step of all copies may take.",
        DefaultValueFactory = _ => "10",
    };
    private readonly RegistryOptions _registry = new();
    private readonly Option<bool> _json = JsonOption.Create();

    /// <summary>The command.</summary>
    public static Command Create(TextWriter output) => new CheckCommand(output).Build();

    private Command Build()
    {
        var command = new Command(
            "check",
            """
            Looks for what is wrong with an environment: spaces, seeds, episodes, saved states, disposal. Fails where something is.

            Examples:
              agents check MinAtar/Breakout-v1
              agents check Own/Thermostat-v0 --assembly bin/Release/net10.0/OwnEnvironment.dll
              agents check gym:my_module:MyClass
              agents check grpc://127.0.0.1:50061/CartPole-v1 --json
            """
        )
        {
            _id,
            _steps,
            _copies,
            _seed,
            _slowest,
            _json,
        };
        _registry.AddTo(command);
        command.SetAction(RunAsync);
        return command;
    }

    private Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var settings = new CheckSettings
        {
            Steps = (int)Numbers.Parse("--steps", parsed.GetValue(_steps)!, 10, 1_000_000),
            Copies = (int)Numbers.Parse("--copies", parsed.GetValue(_copies)!, 2, 1_024),
            Seed = (uint)Numbers.Parse("--seed", parsed.GetValue(_seed)!, 0, int.MaxValue),
            SlowestStep = TimeSpan.FromSeconds(Numbers.ParseReal("--slowest", parsed.GetValue(_slowest)!, 1e-6, 86_400)),
        };
        CheckReport report = EnvironmentChecker.Check(
            parsed.GetValue(_id)!,
            _registry.Registry(parsed, parsed.GetValue(_id)),
            settings,
            cancellationToken
        );
        if (parsed.GetValue(_json))
        {
            output.WriteLine(ToJson(report).ToJsonString());
        }
        else
        {
            Print(output, report);
        }
        return Task.FromResult(report.Passed ? ExitCodes.Done : ExitCodes.Failed);
    }

    private static void Print(TextWriter output, CheckReport report)
    {
        Table table = Tables.Create(Tables.Foreign(report.Environment), "", "found", "what to do");
        foreach (CheckResult result in report.Results)
        {
            table.AddRow(
                result.Name,
                Colour(result.Outcome),
                Tables.Foreign(result.Found.ReplaceLineEndings(" ")),
                Tables.Foreign(result.Advice)
            );
        }
        Tables.Print(output, table);
        int failed = report.Of(CheckOutcome.Failed).Count();
        output.WriteLine(
            failed == 0
                ? $"{report.Environment} can be trained on."
                : $"{report.Environment} fails {failed} of {report.Results.Count} checks: {string.Join(", ", report.Of(CheckOutcome.Failed).Select(result => result.Name))}."
        );
    }

    private static string Colour(CheckOutcome outcome) =>
        outcome switch
        {
            CheckOutcome.Passed => "[green]passed[/]",
            CheckOutcome.Noted => "[yellow]noted[/]",
            CheckOutcome.Skipped => "[grey]skipped[/]",
            CheckOutcome.Failed => "[red]failed[/]",
            _ => throw new ArgumentOutOfRangeException(nameof(outcome), outcome, "A check ends in one of four ways."),
        };

    private static JsonObject ToJson(CheckReport report) =>
        new()
        {
            ["environment"] = report.Environment,
            ["passed"] = report.Passed,
            ["checks"] = new JsonArray([
                .. report.Results.Select(result => new JsonObject
                {
                    ["name"] = result.Name,
                    ["outcome"] = result.Outcome.ToString().ToLowerInvariant(),
                    ["found"] = result.Found,
                    ["advice"] = result.Advice,
                }),
            ]),
        };
}
