using System.CommandLine;
using Cli.Commands.Runs;
using Cli.Options;
using Cli.Output;
using Cli.Processes;
using Fleet;
using Fleet.Hosting;
using Learners.Runs;
using Learners.Training;

namespace Cli.Commands.Fleets;

/// <summary><c>agents learner</c>.</summary>
internal sealed class LearnerCommand(TextWriter output, TextWriter error)
{
    private readonly RunSettingsOptions _run = new("impala", isFleet: true);
    private readonly ListenOptions _listen = new(new FleetOptions().Listen, "Address for actors", "actors");
    private readonly Option<string?> _metrics = new("--metrics")
    {
        Description = "Address of /metrics (Prometheus) and /health, such as http://127.0.0.1:9464.",
    };
    private readonly Option<bool> _continues = new("--continue")
    {
        Description = "Continue the run in --out if there is one, else begin it; for supervisors that restart the learner.",
    };
    private readonly Option<bool> _journal = new("--journal")
    {
        Description = "Keep unrolls on disk before they are acknowledged, so that a killed learner loses none.",
    };
    private readonly Option<string?> _audit = new("--audit")
    {
        Description = "File that lists every unroll that was learned from.",
    };
    private readonly Option<bool> _stay = new("--stay")
    {
        Description = "Keep the ports open after the last step until stopped; for supervisors that start an ended learner again.",
    };
    private readonly Option<string> _stall = new("--stall-timeout")
    {
        Description = "Seconds that an update, a checkpoint or an evaluation may take before /health says unhealthy.",
        DefaultValueFactory = _ => "300",
    };
    private readonly Option<bool> _jsonLogs = new("--json-logs") { Description = "Write log lines as JSON." };
    private readonly Option<bool> _json = JsonOption.Create();

    /// <summary>The command.</summary>
    public static Command Create(TextWriter output, TextWriter error) => new LearnerCommand(output, error).Build();

    private Command Build()
    {
        var command = new Command(
            "learner",
            """
            Trains an agent from the unrolls of actors, on this machine or others.

            Ctrl-C and SIGTERM save a checkpoint and tell actors to wait; they join again by themselves.

            Examples:
              agents learner CartPole-v1                          (then, elsewhere: agents actor)
              agents learner CartPole-v1 --listen unix:/tmp/cartpole.sock --journal --metrics http://127.0.0.1:9464
              agents learner --resume runs/CartPole-v1/impala/20260101-120000-1
              agents learner CartPole-v1 --listen https://0.0.0.0:5051 --certificate learner.pem --key learner-key.pem --token-file token
            """
        );
        _run.AddTo(command);
        _listen.AddTo(command);
        foreach (Option option in (Option[])[_metrics, _continues, _journal, _audit, _stay, _stall, _jsonLogs, _json])
        {
            command.Add(option);
        }
        command.SetAction(RunAsync);
        return command;
    }

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        List<string> assignments = _run.Assignments(parsed);
        if (parsed.GetValue(_journal))
        {
            assignments.Add("fleet.journal=true");
        }
        string? resumed = _run.Resumed(parsed);
        if (parsed.GetValue(_continues) && _run.Folder(parsed) is { } folder && RunFolder.Exists(folder))
        {
            resumed = folder;
            _run.RequireSame(parsed, folder);
        }
        var reporter = new ProgressReporter(error);
        FleetOptions fleet = _listen.Read(parsed) with
        {
            MetricsListen = parsed.GetValue(_metrics),
            AuditFile = parsed.GetValue(_audit),
            Stay = parsed.GetValue(_stay),
            StallTimeout = TimeSpan.FromSeconds(Numbers.Parse("--stall-timeout", parsed.GetValue(_stall)!, 1, 100_000_000)),
            JsonLogs = parsed.GetValue(_jsonLogs),
            Listening = address =>
                reporter.WriteLine(
                    $"Waiting for actors. Start them with: {NextCommand.Of(["actor", "--learner", address, .. _run.NextWords(parsed)])}"
                ),
        };
        TrainingResult result = await reporter
            .ShowAsync(progress =>
            {
                TrainingOptions options = reporter.Tell(_run.Options(parsed, progress, error));
                return resumed is null
                    ? FleetLearner.TrainAsync(_run.Settings(parsed, assignments), fleet, options, cancellationToken)
                    : FleetLearner.ResumeAsync(resumed, assignments, fleet, options, cancellationToken);
            })
            .ConfigureAwait(false);
        TrainCommand.Print(output, error, result, parsed.GetValue(_json), "learner", _run.NextWords(parsed));
        return result.Interrupted ? ExitCodes.Interrupted : ExitCodes.Done;
    }
}
