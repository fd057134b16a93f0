using System.CommandLine;
using Agents.Policies;
using Cli.Options;
using Cli.Processes;
using Fleet.Serving;
using Protos.Foreign;

namespace Cli.Commands.Fleets;

/// <summary><c>agents serve</c>.</summary>
internal sealed class ServeCommand(TextWriter error)
{
    private readonly Argument<string> _path = new("policy")
    {
        Description = "Run folder, or a policy folder such as <run>/best.",
    };
    private readonly Option<string?> _grpc = new("--grpc")
    {
        Description = "Address for gRPC (policy.proto), such as http://127.0.0.1:8081.",
    };
    private readonly Option<string> _seed = new("--seed")
    {
        Description = "Seed of drawn actions.",
        DefaultValueFactory = _ => "0",
    };
    private readonly ListenOptions _listen = new("http://127.0.0.1:8080");
    private readonly RegistryOptions _registry = new();

    /// <summary>The command.</summary>
    public static Command Create(TextWriter error) => new ServeCommand(error).Build();

    private Command Build()
    {
        var command = new Command(
            "serve",
            """
            Serves a saved policy: HTTP and JSON, and gRPC where an address is given for it. GET /v1/policy says what it must be given,
            GET /openapi/v1.json how it is called, GET /health whether it is there. See docs/serving.md.

            Examples:
              agents serve runs/CartPole-v1/ppo/20260101-120000-1 --grpc http://127.0.0.1:8081
              curl http://127.0.0.1:8080/v1/act -d '{"observation": [0.0, 0.1, 0.0, -0.1]}'
              curl http://127.0.0.1:8080/v1/act -d '{"observations": [[0.0, 0.1, 0.0, -0.1], [0.0, 0.2, 0.0, -0.1]]}'
            """
        )
        {
            _path,
            _grpc,
            _seed,
        };
        _listen.AddTo(command);
        _registry.AddTo(command);
        command.SetAction(RunAsync);
        return command;
    }

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        ulong seedValue = Numbers.Parse("--seed", parsed.GetValue(_seed)!, 0, ulong.MaxValue);
        using SavedPolicy policy = SavedPolicy.Load(parsed.GetValue(_path)!);
        ServiceHost host = await ServiceHost
            .ServePolicyAsync(policy, parsed.GetValue(_grpc), seedValue, _listen.Read(parsed), _registry.Registry(parsed))
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
}
