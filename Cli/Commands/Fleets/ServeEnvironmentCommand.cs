using System.CommandLine;
using Cli.Options;
using Cli.Processes;
using Fleet.Serving;

namespace Cli.Commands.Fleets;

/// <summary><c>agents serve-env</c>.</summary>
internal sealed class ServeEnvironmentCommand(TextWriter error)
{
    private readonly Argument<string> _id = new("env") { Description = "Environment id." };
    private readonly Option<string> _copies = new("--max-envs")
    {
        Description = "Most copies of one client.",
        DefaultValueFactory = _ => "1024",
    };
    private readonly Option<string> _clients = new("--max-clients")
    {
        Description = "Most clients at once.",
        DefaultValueFactory = _ => "64",
    };
    private readonly ListenOptions _listen = new("http://127.0.0.1:50061");
    private readonly RegistryOptions _registry = new();

    /// <summary>The command.</summary>
    public static Command Create(TextWriter error) => new ServeEnvironmentCommand(error).Build();

    private Command Build()
    {
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
            _id,
            _copies,
            _clients,
        };
        _registry.AddTo(command);
        _listen.AddTo(command);
        command.SetAction(RunAsync);
        return command;
    }

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        ServiceHost host = await ServiceHost
            .ServeEnvironmentAsync(
                _registry.Registry(parsed, parsed.GetValue(_id)),
                parsed.GetValue(_id)!,
                (int)Numbers.Parse("--max-envs", parsed.GetValue(_copies)!, 1, 65_536),
                _listen.Read(parsed),
                (int)Numbers.Parse("--max-clients", parsed.GetValue(_clients)!, 1, 65_536)
            )
            .ConfigureAwait(false);
        await using (host.ConfigureAwait(false))
        {
            await error.WriteLineAsync($"Serving {parsed.GetValue(_id)} at {host.Addresses[0]}").ConfigureAwait(false);
            await ServiceHost.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        return ExitCodes.Done;
    }
}
