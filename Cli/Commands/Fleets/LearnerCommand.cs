using System.CommandLine;
using Cli.Commands.Runs;
using Cli.Fleet;
using Cli.Options;
using Cli.Output;
using Cli.Processes;
using Fleet;
using Learners.Runs;
using Fleet.Hosting;
using Learners.Training;

namespace Cli.Commands.Fleets;

/// <summary><c>agents learner</c>.</summary>
internal static class LearnerCommand
{
    public static Command Create(TextWriter output, TextWriter error)
    {
        var run = new RunSettingsOptions("impala", isFleet: true);
        var listen = new Option<string>("--listen")
        {
            Description = "Address for actors: http://127.0.0.1:port, unix:/path, or https://ip:port with certificate and token.",
            DefaultValueFactory = _ => new FleetOptions().Listen,
        };
        var metrics = new Option<string?>("--metrics")
        {
            Description = "Address of /metrics (Prometheus) and /health, such as http://127.0.0.1:9464.",
        };
        var tokenFile = new Option<string?>("--token-file")
        {
            Description = $"File with the secret that actors must send; the variable {Secrets.Variable} works too.",
        };
        var certificate = new Option<string?>("--certificate") { Description = "PEM file of the server's certificate." };
        var key = new Option<string?>("--key") { Description = "PEM file of its key." };
        var clientAuthority = new Option<string?>("--client-ca")
        {
            Description = "PEM file of the authority whose certificates actors must show.",
        };
        var continues = new Option<bool>("--continue")
        {
            Description = "Continue the run in --out if there is one, else begin it; for supervisors that restart the learner.",
        };
        var journal = new Option<bool>("--journal")
        {
            Description = "Keep unrolls on disk before they are acknowledged, so that a killed learner loses none.",
        };
        var audit = new Option<string?>("--audit") { Description = "File that lists every unroll that was learned from." };
        var stay = new Option<bool>("--stay")
        {
            Description =
                "Keep the ports open after the last step until stopped; for supervisors that start an ended learner again.",
        };
        var stall = new Option<string>("--stall-timeout")
        {
            Description = "Seconds that an update, a checkpoint or an evaluation may take before /health says unhealthy.",
            DefaultValueFactory = _ => "300",
        };
        var jsonLogs = new Option<bool>("--json-logs") { Description = "Write log lines as JSON." };
        Option<bool> json = JsonOption.Create();
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
        run.AddTo(command);
        foreach (
            Option option in (Option[])
                [
                    listen,
                    metrics,
                    tokenFile,
                    certificate,
                    key,
                    clientAuthority,
                    continues,
                    journal,
                    audit,
                    stay,
                    stall,
                    jsonLogs,
                    json,
                ]
        )
        {
            command.Add(option);
        }
        command.SetAction(
            async (parsed, cancellationToken) =>
            {
                List<string> assignments = run.Assignments(parsed);
                if (parsed.GetValue(journal))
                {
                    assignments.Add("fleet.journal=true");
                }
                string? resumed = run.Resumed(parsed);
                if (parsed.GetValue(continues) && run.Folder(parsed) is { } folder && RunFolder.Exists(folder))
                {
                    resumed = folder;
                    run.RequireSame(parsed, folder);
                }
                var fleet = new FleetOptions
                {
                    Listen = parsed.GetValue(listen)!,
                    MetricsListen = parsed.GetValue(metrics),
                    Token = Secrets.ReadToken(parsed.GetValue(tokenFile)),
                    CertificateFile = parsed.GetValue(certificate),
                    KeyFile = parsed.GetValue(key),
                    ClientAuthorityFile = parsed.GetValue(clientAuthority),
                    AuditFile = parsed.GetValue(audit),
                    Stay = parsed.GetValue(stay),
                    StallTimeout = TimeSpan.FromSeconds(
                        Numbers.Parse("--stall-timeout", parsed.GetValue(stall)!, 1, 100_000_000)
                    ),
                    JsonLogs = parsed.GetValue(jsonLogs),
                    Listening = address =>
                        error.WriteLine(
                            $"Waiting for actors. Start them with: {NextCommand.Of(["actor", "--learner", address, .. run.NextWords(parsed)])}"
                        ),
                };
                TrainingResult result = await new ProgressReporter(error)
                    .ShowAsync(progress =>
                    {
                        TrainingOptions options = run.Options(parsed, progress, error);
                        return resumed is null
                            ? FleetLearner.TrainAsync(run.Settings(parsed, assignments), fleet, options, cancellationToken)
                            : FleetLearner.ResumeAsync(resumed, assignments, fleet, options, cancellationToken);
                    })
                    .ConfigureAwait(false);
                TrainCommand.Print(output, error, result, parsed.GetValue(json), "learner", run.NextWords(parsed));
                return result.Interrupted ? ExitCodes.Interrupted : ExitCodes.Done;
            }
        );
        return command;
    }
}
