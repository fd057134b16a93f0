using Chaos.Campaigns;
using Environments;
using Environments.Naming;
using Environments.Remote;

namespace Chaos.Bridges;

/// <summary>Our client at a server that answers with what no server sends: every try ends soon, and in an answer or one of the errors that callers expect.</summary>
internal sealed class HostileServerPart(Canaries canaries, ChaosOptions options)
{
    private const int Steps = 3;
    private const double LongestTrySeconds = 20;
    private const double GrowthBar = 20;

    /// <summary>Tries, and adds figures to a report.</summary>
    public async Task RunAsync(int tries, ChaosReport report, CancellationToken cancellationToken)
    {
        var server = await HostileServer.StartAsync(new BridgeMessages(canaries, "X", options.Seed)).ConfigureAwait(false);
        await using (server.ConfigureAwait(false))
        {
            var id = RemoteId.Parse($"grpc://127.0.0.1:{server.Port}/X?timeout=2");
            var outcomes = new SortedDictionary<string, int>(StringComparer.Ordinal);
            int unexpected = 0;
            double longest = 0;
            long memory = 0;
            for (int i = 0; i < tries; i++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                long started = TimeProvider.System.GetTimestamp();
                string outcome = "played";
                try
                {
                    await Task.Run(() => Try(id), cancellationToken).ConfigureAwait(false);
                }
                catch (Exception exception)
                    when (exception
                            is EnvironmentFaultException
                                or InvalidDataException
                                or UnknownNameException
                                or NotSupportedException
                                or UnauthorizedAccessException
                                or BridgeLostException
                    )
                {
                    outcome = exception.GetType().Name;
                }
                catch (Exception exception) when (exception is not OperationCanceledException)
                {
                    unexpected++;
                    outcome = exception.GetType().Name;
                    report.Remark($"Try {i} of seed {options.Seed}: {exception}");
                }
                outcomes[outcome] = outcomes.GetValueOrDefault(outcome) + 1;
                longest = Math.Max(longest, TimeProvider.System.GetElapsedTime(started).TotalSeconds);
                if (i == tries / 4)
                {
                    memory = GC.GetTotalMemory(forceFullCollection: true);
                }
                if ((i + 1) % 1_000 == 0)
                {
                    options.Progress($"{i + 1} of {tries} tries at a hostile server");
                }
            }
            foreach ((string outcome, int count) in outcomes)
            {
                report.Add($"client_ended_in_{outcome}", count);
            }
            report.AddAtLeast("client_tries", tries, tries);
            report.AddAtMost("client_unexpected_exceptions", unexpected, 0);
            report.AddAtMost("client_longest_try_seconds", longest, options.Slowdown * LongestTrySeconds);
            report.AddAtMost("client_growth_megabytes", (GC.GetTotalMemory(forceFullCollection: true) - memory) / 1e6, GrowthBar);
        }
    }

    private static void Try(RemoteId id)
    {
        RemoteSettings settings = new() { StartTimeout = TimeSpan.FromSeconds(2) };
        Protos.Bridge.Description description = GrpcLane.Describe(id, settings, process: null);
        var spec = new EnvironmentSpec(
            id.Text,
            WireSpaces.Read(description.ObservationSpace),
            WireSpaces.Read(description.ActionSpace)
        );
        using GrpcLane lane = GrpcLane.Open(id, settings, process: null, spec, copies: 1, maxEpisodeSteps: 0, results: null);
        lane.Reset(1);
        for (int i = 0; i < Steps; i++)
        {
            lane.Step(new float[spec.ActionSpace.Size], [], finalPictures: true);
        }
        lane.Render(0);
    }
}
