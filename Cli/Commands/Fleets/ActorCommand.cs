using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Actors.Fleet;
using Cli.Fleet;
using Cli.Options;
using Cli.Output;
using Cli.Processes;
using Protos.Foreign;

namespace Cli.Commands.Fleets;

/// <summary><c>agents actor</c>.</summary>
internal sealed class ActorCommand(TextWriter output, TextWriter error)
{
    private readonly LearnerOptions _learner = new();
    private readonly Option<string> _copies = new("--envs")
    {
        Description = "Environment copies to step; 0 takes the learner's number.",
        DefaultValueFactory = _ => "0",
    };
    private readonly Option<string?> _id = new("--id")
    {
        Description = "Name of the actor, one of a kind. Default: machine name and process number.",
    };
    private readonly Option<string> _timeout = new("--step-timeout")
    {
        Description = "Seconds without a finished step after which environments are made anew.",
        DefaultValueFactory = _ => "20",
    };
    private readonly Option<string?> _patience = new("--patience")
    {
        Description = "Seconds to try to reach a learner that is away. Default: for ever.",
    };
    private readonly RegistryOptions _registry = new();
    private readonly Option<string?> _audit = new("--audit") { Description = "File that lists every acknowledged unroll." };
    private readonly Option<bool> _json = JsonOption.Create();

    /// <summary>The command.</summary>
    public static Command Create(TextWriter output, TextWriter error) => new ActorCommand(output, error).Build();

    private Command Build()
    {
        var command = new Command(
            "actor",
            """
            Steps environments with the learner's parameters and streams unrolls to it.

            The learner says what to step. An actor waits for a learner that is away, and ends when the run is complete.

            Examples:
              agents actor
              agents actor --learner unix:/tmp/cartpole.sock --envs 16
              agents actor --learner https://learner:5051 --ca ca.pem --token-file token
            """
        )
        {
            _copies,
            _id,
            _timeout,
            _patience,
            _audit,
            _json,
        };
        _learner.AddTo(command);
        _registry.AddTo(command);
        command.SetAction(RunAsync);
        return command;
    }

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        string name =
            parsed.GetValue(_id)
            ?? string.Create(CultureInfo.InvariantCulture, $"{Environment.MachineName}-{Environment.ProcessId}");
        using var list = parsed.GetValue(_audit) is { } file ? new AuditFile(file, name) : null;
        LearnerConnection learner = _learner.Read(parsed)!;
        var options = new ActorOptions
        {
            Learner = learner.Address,
            Id = name,
            Copies = (int)Numbers.Parse("--envs", parsed.GetValue(_copies)!, 0, 65_536),
            Token = learner.Token,
            AuthorityFile = learner.AuthorityFile,
            CertificateFile = learner.CertificateFile,
            KeyFile = learner.KeyFile,
            StepTimeout = TimeSpan.FromSeconds(Numbers.Parse("--step-timeout", parsed.GetValue(_timeout)!, 1, 1_000_000)),
            Patience = parsed.GetValue(_patience) is { } seconds
                ? TimeSpan.FromSeconds(Numbers.Parse("--patience", seconds, 0, 100_000_000))
                : null,
            Registry = _registry.Registry(parsed),
            Log = line => error.WriteLine($"[{name}] {ForeignText.Line(line)}"),
            Acknowledged = list is null ? null : list.Add,
        };
        ActorResult result = await ActorRunner.RunAsync(options, cancellationToken).ConfigureAwait(false);
        if (parsed.GetValue(_json))
        {
            output.WriteLine(
                new JsonObject
                {
                    ["run_completed"] = result.RunCompleted,
                    ["unrolls"] = result.Unrolls,
                    ["env_steps"] = result.EnvironmentSteps,
                    ["reconnects"] = result.Reconnects,
                    ["restarts"] = result.Restarts,
                    ["cpu_seconds"] = Math.Round(Environment.CpuUsage.TotalTime.TotalSeconds, 3),
                }.ToJsonString()
            );
        }
        else
        {
            DiagnosticWriter.Try(() =>
                output.WriteLine(
                    $"{(result.RunCompleted ? "The run is complete" : "Stopped")}: {Tables.Number(result.EnvironmentSteps)} steps in {Tables.Number(result.Unrolls)} unrolls, {result.Reconnects} reconnects, {result.Restarts} restarts of the environments."
                )
            );
        }
        return result.RunCompleted ? ExitCodes.Done : ExitCodes.Interrupted;
    }
}
