using System.CommandLine;
using System.Text.Json.Nodes;
using Cli.Options;
using Cli.Processes;
using Protos.Fleet;
using Protos.Foreign;
using Protos.Rpc;

namespace Cli.Commands.Fleets;

/// <summary><c>agents health</c>.</summary>
internal static class HealthCommand
{
    public static Command Create(TextWriter output, TextWriter error)
    {
        var metrics = new Option<string>("--metrics")
        {
            Description = "Address that the learner got with --metrics.",
            DefaultValueFactory = _ => "http://127.0.0.1:9464",
        };
        var authority = new Option<string?>("--ca") { Description = "PEM file of the authority of the learner's certificate." };
        var certificate = new Option<string?>("--certificate") { Description = "PEM file of a client certificate." };
        var key = new Option<string?>("--key") { Description = "PEM file of its key." };
        Option<string> timeout = TimeoutOption.Create();
        Option<bool> json = JsonOption.Create();
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
            metrics,
            authority,
            certificate,
            key,
            timeout,
            json,
        };
        command.SetAction(
            async (parsed, cancellationToken) =>
            {
                FleetAddress address = FleetAddress.Parse(parsed.GetValue(metrics)!);
                TimeSpan patience = TimeoutOption.Read(parsed, timeout);
                using var client = new HttpClient(
                    Connections.Handler(address, parsed.GetValue(authority), parsed.GetValue(certificate), parsed.GetValue(key))
                )
                {
                    Timeout = patience,
                };
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
                if (parsed.GetValue(json))
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
        );
        return command;
    }
}
