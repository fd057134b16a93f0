using System.CommandLine;
using Cli.Options;
using Cli.Processes;
using Fleet.Serving;

namespace Cli.Commands.Fleets;

/// <summary><c>agents serve-env</c>.</summary>
internal static class ServeEnvironmentCommand
{
    public static Command Create(TextWriter error)
    {
        var id = new Argument<string>("env") { Description = "Environment id." };
        var copies = new Option<string>("--max-envs")
        {
            Description = "Most copies of one client.",
            DefaultValueFactory = _ => "1024",
        };
        var clients = new Option<string>("--max-clients")
        {
            Description = "Most clients at once.",
            DefaultValueFactory = _ => "64",
        };
        var listen = new ListenOptions("http://127.0.0.1:50061");
        var registry = new RegistryOptions();
        var command = new Command(
            "serve-env",
            """
            Serves an environment to other processes: Python steps it through agents_bridge.client, agents through grpc://.

            Examples:
              agents serve-env MinAtar/Breakout-v1
              agents train grpc://127.0.0.1:50061/MinAtar/Breakout-v1
            """
        )
        {
            id,
            copies,
            clients,
        };
        registry.AddTo(command);
        listen.AddTo(command);
        command.SetAction(
            async (parsed, cancellationToken) =>
            {
                ServiceHost host = await ServiceHost
                    .ServeEnvironmentAsync(
                        registry.Registry(parsed, parsed.GetValue(id)),
                        parsed.GetValue(id)!,
                        (int)Numbers.Parse("--max-envs", parsed.GetValue(copies)!, 1, 65_536),
                        listen.Read(parsed),
                        (int)Numbers.Parse("--max-clients", parsed.GetValue(clients)!, 1, 65_536)
                    )
                    .ConfigureAwait(false);
                await using (host.ConfigureAwait(false))
                {
                    await error.WriteLineAsync($"Serving {parsed.GetValue(id)} at {host.Addresses[0]}").ConfigureAwait(false);
                    await ServiceHost.WaitAsync(cancellationToken).ConfigureAwait(false);
                }
                return ExitCodes.Done;
            }
        );
        return command;
    }
}
