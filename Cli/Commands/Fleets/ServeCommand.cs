using System.CommandLine;
using Agents.Policies;
using Cli.Options;
using Cli.Processes;
using Fleet.Serving;
using Learners.Training;
using Protos.Foreign;

namespace Cli.Commands.Fleets;

/// <summary><c>agents serve</c>.</summary>
internal static class ServeCommand
{
    public static Command Create(TextWriter error)
    {
        var path = new Argument<string>("policy") { Description = "Run folder, or a policy folder such as <run>/best." };
        var grpc = new Option<string?>("--grpc")
        {
            Description = "Address for gRPC (policy.proto), such as http://127.0.0.1:8081.",
        };
        var seed = new Option<string>("--seed") { Description = "Seed of drawn actions.", DefaultValueFactory = _ => "0" };
        var listen = new ListenOptions("http://127.0.0.1:8080");
        var command = new Command(
            "serve",
            """
            Serves a saved policy: HTTP and JSON, and gRPC where an address is given for it.

            Examples:
              agents serve runs/CartPole-v1/ppo/20260101-120000-1 --grpc http://127.0.0.1:8081
              curl http://127.0.0.1:8080/v1/act -d '{"observations": [[0.0, 0.1, 0.0, -0.1]]}'
            """
        )
        {
            path,
            grpc,
            seed,
        };
        listen.AddTo(command);
        command.SetAction(
            async (parsed, cancellationToken) =>
            {
                ulong seedValue = Numbers.Parse("--seed", parsed.GetValue(seed)!, 0, ulong.MaxValue);
                using SavedPolicy policy = SavedPolicy.Load(PolicyFolder.Find(parsed.GetValue(path)!));
                ServiceHost host = await ServiceHost
                    .ServePolicyAsync(policy, parsed.GetValue(grpc), seedValue, listen.Read(parsed))
                    .ConfigureAwait(false);
                await using (host.ConfigureAwait(false))
                {
                    await error
                        .WriteLineAsync(
                            $"Serving the policy of {ForeignText.Show(policy.Info.Environment)} at {string.Join(" and ", host.Addresses)}"
                        )
                        .ConfigureAwait(false);
                    await ServiceHost.WaitAsync(cancellationToken).ConfigureAwait(false);
                }
                return ExitCodes.Done;
            }
        );
        return command;
    }
}
