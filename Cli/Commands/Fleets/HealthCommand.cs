using System.CommandLine;
using System.Text.Json.Nodes;
using Cli.Options;
using Cli.Processes;
using Protos.Fleet;
using Protos.Foreign;
using Protos.Rpc;

namespace Cli.Commands.Fleets;

/// <summary><c>agents health</c>.</summary>
internal sealed class HealthCommand(TextWriter output, TextWriter error)
{
    private readonly Option<string> _metrics = new("--metrics")
    {
        Description = "Address that the learner got with --metrics.",
        DefaultValueFactory = _ => "http://127.0.0.1:9464",
    };
    private readonly CallerOptions _caller = new();
    private readonly Option<string> _timeout = TimeoutOption.Create();
    private readonly Option<bool> _json = JsonOption.Create();

    /// <summary>The command.</summary>
    public static Command Create(TextWriter output, TextWriter error) => new HealthCommand(output, error).Build();

    private Command Build()
    {
        var command = new Command(
            "health",
            """
            Asks a learner whether its training gets on; ends with 0 if so, else with 1. For containers that have no curl.

            Healthy is who waits for actors, or has finished an update within --stall-timeout. No token is needed.

            Examples:
              agents health
              agents health --metrics https://localhost:9464 --ca certificates/ca.pem
            """
        )
        {
            _metrics,
            _timeout,
            _json,
        };
        _caller.AddTo(command);
        command.SetAction(RunAsync);
        return command;
    }

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        FleetAddress address = FleetAddress.Parse(parsed.GetValue(_metrics)!);
        TimeSpan patience = TimeoutOption.Read(parsed, _timeout);
        (string? authority, string? certificate, string? key) = _caller.Read(parsed);
        using var client = new HttpClient(Connections.Handler(address, authority, certificate, key)) { Timeout = patience };
        string? trouble;
        try
        {
            using HttpResponseMessage response = await client
                .GetAsync(new Uri(address.Url, "/health"), cancellationToken)
                .ConfigureAwait(false);
            trouble = response.IsSuccessStatusCode ? null : $"it answered {(int)response.StatusCode}";
        }
        catch (HttpRequestException exception)
        {
            trouble = (exception.InnerException ?? exception).Message;
        }
        catch (TaskCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            trouble = $"it did not answer within {patience.TotalSeconds:0} s";
        }
        if (parsed.GetValue(_json))
        {
            output.WriteLine(new JsonObject { ["healthy"] = trouble is null, ["reason"] = trouble }.ToJsonString());
        }
        else if (trouble is null)
        {
            output.WriteLine("healthy");
        }
        else
        {
            error.WriteLine($"unhealthy: {address}: {ForeignText.Show(trouble)}");
        }
        return trouble is null ? ExitCodes.Done : ExitCodes.Failed;
    }
}
