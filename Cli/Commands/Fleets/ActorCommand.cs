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
internal static class ActorCommand
{
    public static Command Create(TextWriter output, TextWriter error)
    {
        var learner = new Option<string>("--learner")
        {
            Description = "Address of the learner: http://127.0.0.1:port, unix:/path or https://host:port.",
            DefaultValueFactory = _ => "http://127.0.0.1:5051",
        };
        var copies = new Option<string>("--envs")
        {
            Description = "Environment copies to step; 0 takes the learner's number.",
            DefaultValueFactory = _ => "0",
        };
        var id = new Option<string?>("--id")
        {
            Description = "Name of the actor, one of a kind. Default: machine name and process number.",
        };
        var tokenFile = new Option<string?>("--token-file")
        {
            Description = $"File with the learner's secret; the variable {Secrets.Variable} works too.",
        };
        var authority = new Option<string?>("--ca") { Description = "PEM file of the authority of the learner's certificate." };
        var certificate = new Option<string?>("--certificate") { Description = "PEM file of a client certificate." };
        var key = new Option<string?>("--key") { Description = "PEM file of its key." };
        var timeout = new Option<string>("--step-timeout")
        {
            Description = "Seconds without a finished step after which environments are made anew.",
            DefaultValueFactory = _ => "20",
        };
        var patience = new Option<string?>("--patience")
        {
            Description = "Seconds to try to reach a learner that is away. Default: for ever.",
        };
        var registry = new RegistryOptions();
        var audit = new Option<string?>("--audit") { Description = "File that lists every acknowledged unroll." };
        Option<bool> json = JsonOption.Create();
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
            learner,
            copies,
            id,
            tokenFile,
            authority,
            certificate,
            key,
            timeout,
            patience,
            audit,
            json,
        };
        registry.AddTo(command);
        command.SetAction(
            async (parsed, cancellationToken) =>
            {
                string name =
                    parsed.GetValue(id)
                    ?? string.Create(CultureInfo.InvariantCulture, $"{Environment.MachineName}-{Environment.ProcessId}");
                using var list = parsed.GetValue(audit) is { } file ? new AuditFile(file, name) : null;
                var options = new ActorOptions
                {
                    Learner = parsed.GetValue(learner)!,
                    Id = name,
                    Copies = (int)Numbers.Parse("--envs", parsed.GetValue(copies)!, 0, 65_536),
                    Token = Secrets.ReadToken(parsed.GetValue(tokenFile)),
                    AuthorityFile = parsed.GetValue(authority),
                    CertificateFile = parsed.GetValue(certificate),
                    KeyFile = parsed.GetValue(key),
                    StepTimeout = TimeSpan.FromSeconds(Numbers.Parse("--step-timeout", parsed.GetValue(timeout)!, 1, 1_000_000)),
                    Patience = parsed.GetValue(patience) is { } seconds
                        ? TimeSpan.FromSeconds(Numbers.Parse("--patience", seconds, 0, 100_000_000))
                        : null,
                    Registry = registry.Registry(parsed),
                    Log = line => error.WriteLine($"[{name}] {ForeignText.Line(line)}"),
                    Acknowledged = list is null ? null : list.Add,
                };
                ActorResult result = await ActorRunner.RunAsync(options, cancellationToken).ConfigureAwait(false);
                if (parsed.GetValue(json))
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
        );
        return command;
    }
}
