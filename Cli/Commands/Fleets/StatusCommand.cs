using System.CommandLine;
using Cli.Fleet;
using Cli.Options;
using Cli.Output;
using Cli.Processes;
using Protos.Fleet;
using Spectre.Console;

namespace Cli.Commands.Fleets;

/// <summary><c>agents status</c>.</summary>
internal sealed class StatusCommand(TextWriter output)
{
    private readonly LearnerOptions _learner = new();
    private readonly Option<string> _timeout = TimeoutOption.Create();
    private readonly Option<bool> _watch = new("--watch") { Description = "Refresh every second until Ctrl-C." };
    private readonly Option<bool> _json = JsonOption.Create();

    /// <summary>The command.</summary>
    public static Command Create(TextWriter output) => new StatusCommand(output).Build();

    private Command Build()
    {
        var command = new Command(
            "status",
            """
            Shows how a fleet's run is going and who takes part.

            Examples:
              agents status
              agents status --learner unix:/tmp/cartpole.sock --watch
            """
        )
        {
            _timeout,
            _watch,
            _json,
        };
        _learner.AddTo(command);
        command.SetAction(RunAsync);
        return command;
    }

    private const string WhenSlow = "It may be busy: give it longer with --timeout.";

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        using FleetStatusClient learner = _learner.Read(parsed)!.StatusClient();
        TimeSpan patience = TimeoutOption.Read(parsed, _timeout);
        if (!parsed.GetValue(_watch) || output != Console.Out || Console.IsOutputRedirected)
        {
            do
            {
                FleetStatus status = await learner.FetchAsync(patience, WhenSlow, cancellationToken).ConfigureAwait(false);
                if (parsed.GetValue(_json))
                {
                    output.WriteLine(FleetStatusClient.ToJson(status).ToJsonString());
                }
                else
                {
                    Tables.Print(output, Summary(status));
                    Tables.Print(output, Actors(status));
                }
            } while (parsed.GetValue(_watch) && await PauseAsync(cancellationToken).ConfigureAwait(false));
            return ExitCodes.Done;
        }
        await AnsiConsole
            .Live(new Rows())
            .StartAsync(async live =>
            {
                do
                {
                    FleetStatus status = await learner.FetchAsync(patience, WhenSlow, cancellationToken).ConfigureAwait(false);
                    live.UpdateTarget(new Rows(Summary(status), Actors(status)));
                } while (await PauseAsync(cancellationToken).ConfigureAwait(false));
            })
            .ConfigureAwait(false);
        return ExitCodes.Done;
    }

    private static async Task<bool> PauseAsync(CancellationToken cancellationToken)
    {
        try
        {
            await Task.Delay(TimeSpan.FromSeconds(1), cancellationToken).ConfigureAwait(false);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    private static Table Summary(FleetStatus status)
    {
        Table table = Tables.Create("", Tables.Foreign(status.RunId));
        table.AddRow("environment, agent", Tables.Foreign($"{status.Environment}, {status.Agent}"));
        table.AddRow("steps", $"{Tables.Number(status.EnvironmentSteps)} of {Tables.Number(status.TotalSteps)}");
        table.AddRow("updates", Tables.Number(status.Updates));
        table.AddRow("steps per second", Tables.Number(status.StepsPerSecond));
        table.AddRow("mean return of 100 episodes", double.IsNaN(status.RecentReturn) ? "–" : Tables.Number(status.RecentReturn));
        table.AddRow("queue", $"{status.QueueLength} of {status.QueueCapacity} unrolls");
        table.AddRow("mean age of a batch", $"{Tables.Number(status.RecentAge)} updates");
        table.AddRow(
            "unrolls learned from / refused / again",
            $"{Tables.Number(status.UnrollsTrained)} / {Tables.Number(status.UnrollsRefused)} / {Tables.Number(status.UnrollsDuplicate)}"
        );
        table.AddRow(
            "unrolls missing / outside the journal",
            $"{Tables.Number(status.UnrollsMissing)} / {Tables.Number(status.UnrollsOutsideJournal)}"
        );
        table.AddRow("calls of strangers", Tables.Number(status.UnauthenticatedCalls));
        return table;
    }

    private static Table Actors(FleetStatus status)
    {
        Table table = Tables.Create("actor", "slot", "state", "copies", "unrolls", "refused", "starts", "idle seconds");
        foreach (ActorStatus actor in status.Actors)
        {
            table.AddRow(
                Tables.Foreign(actor.ActorId),
                Tables.Number(actor.Slot),
                actor.Quarantine.Length > 0 ? Tables.Foreign("quarantined: " + actor.Quarantine)
                    : actor.Connected ? "connected"
                    : "away",
                Tables.Number(actor.Copies),
                Tables.Number(actor.Unrolls),
                Tables.Number(actor.Refused),
                Tables.Number(actor.Starts),
                Tables.Number(actor.IdleSeconds)
            );
        }
        return table;
    }
}
