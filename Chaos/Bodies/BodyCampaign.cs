using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Chaos.Campaigns;
using Chaos.Processes;
using Google.Protobuf;
using Grpc.Core;
using Grpc.Net.Client;
using Learners.Composition;
using Learners.Configuration;
using Learners.Training;
using Protos.Fleet;
using Protos.Rpc;
using Protos.Serving;

namespace Chaos.Bodies;

/// <summary>Sends bodies and messages that no caller sends to a served policy, fifty at once, while honest callers ask it: its memory must stay, and they must not wait.</summary>
internal static class BodyCampaign
{
    private const int DefaultBodies = 1_000;
    private const int AtOnce = 50;
    private const int HonestCalls = 2_000;
    private const int LongestEcho = 200;
    private const double MemoryBar = 1.5;
    private const double LatencyBar = 2;
    private const string Serving = "Serving the policy";
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(2);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(2);

    private static readonly Marshaller<byte[]> Bytes = new(bytes => bytes, bytes => bytes);
    private static readonly Method<byte[], byte[]> Act = new(MethodType.Unary, "agents.policy.v1.Policies", "Act", Bytes, Bytes);

    public static async Task<ChaosReport> RunAsync(ChaosOptions options, CancellationToken cancellationToken)
    {
        PosixProcess.RequireLinux();
        string folder = Path.Combine(Path.GetFullPath(options.Folder), "bodies");
        Directory.CreateDirectory(folder);
        string policy = await TrainAsync(Path.Combine(folder, "run"), cancellationToken).ConfigureAwait(false);
        FleetAddress http = FleetAddress.Parse("unix:" + Path.Combine(folder, "h"));
        FleetAddress grpc = FleetAddress.Parse("unix:" + Path.Combine(folder, "g"));
        using var log = new ProcessLog(Path.Combine(folder, "serve.log"));
        log.Watch(Serving);
        using FleetProcess server = FleetProcess.Start(
            [.. options.Command, "serve", policy, "--listen", http.ToString(), "--grpc", grpc.ToString()],
            log,
            options.Slowdown
        );
        await WaitAsync(server, log, cancellationToken).ConfigureAwait(false);
        using var attackers = new HttpClient(Connections.Handler(http)) { BaseAddress = http.Url };
        using var honest = new HttpClient(Connections.Handler(http)) { BaseAddress = http.Url };
        using GrpcChannel attackersChannel = Channel(grpc);
        using GrpcChannel honestChannel = Channel(grpc);
        var callers = new HonestCallers(honest, new Policies.PoliciesClient(honestChannel));

        await callers.CallAsync(HonestCalls, cancellationToken).ConfigureAwait(false); // code is compiled anew while it warms up
        Latencies before = await callers.CallAsync(HonestCalls, cancellationToken).ConfigureAwait(false);
        long resident = PosixProcess.ResidentBytes(server.Id);
        int bodies = options.Messages ?? DefaultBodies;
        var attack = new Attack(bodies, options.Seed, attackers, attackersChannel, options.Progress);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Task<long> watcher = WatchAsync(server.Id, ending.Token);
        Latencies during = await callers.CallDuringAsync(attack.RunAsync(cancellationToken)).ConfigureAwait(false);
        // Once more with pauses: fifty senders in full flight keep the machine itself busy, whatever the server does.
        var slower = new Attack(bodies, options.Seed + 1, attackers, attackersChannel, options.Progress) { Pause = LongestPause };
        Latencies beside = await callers.CallDuringAsync(slower.RunAsync(cancellationToken)).ConfigureAwait(false);
        await ending.CancelAsync().ConfigureAwait(false);
        long peak = await watcher.ConfigureAwait(false);

        var report = new ChaosReport();
        report.AddAtLeast("bodies", attack.Sent, bodies);
        report.Add("bodies_refused_with_a_reason", attack.Refused);
        report.Add("connections_cut", attack.Sent - attack.Refused - attack.Answered);
        report.AddAtMost("bodies_answered", attack.Answered + slower.Answered, 0);
        report.AddAtMost("longest_reason_characters", Math.Max(attack.LongestReason, slower.LongestReason), LongestEcho);
        report.Add("resident_megabytes_before", resident / 1e6);
        report.AddAtMost("resident_ratio_at_its_peak", (double)peak / resident, MemoryBar);
        report.AddAtMost("resident_ratio_after", (double)PosixProcess.ResidentBytes(server.Id) / resident, MemoryBar);
        report.AddAtLeast("honest_calls", during.Count + beside.Count, 1);
        report.AddAtMost("honest_calls_failed", callers.Failed, 0);
        report.Add("honest_p99_milliseconds_before", 1e3 * before.Quantile(0.99));
        report.Add("honest_p99_ratio_in_full_flight", during.Quantile(0.99) / before.Quantile(0.99));
        report.AddAtLeast("bodies_with_pauses", slower.Sent, bodies);
        report.AddAtMost("honest_p99_ratio", beside.Quantile(0.99) / before.Quantile(0.99), LatencyBar);
        report.AddAtMost("server_deaths", server.HasExited ? 1 : 0, 0);
        report.AddAtMost("server_errors", log.Errors, 0);
        await server.StopAsync().ConfigureAwait(false);
        foreach (string line in log.FirstErrors.Concat(callers.Failures).Take(10))
        {
            report.Remark(line);
        }
        return report;
    }

    private static async Task<string> TrainAsync(string folder, CancellationToken cancellationToken)
    {
        TrainingResult trained = await Trainer
            .TrainAsync(
                TunedSettings.For("CartPole-v1") with
                {
                    TotalSteps = 2_048,
                    Evaluation = new EvaluationSettings { Episodes = 0, FinalEpisodes = 1 },
                },
                new TrainingOptions { OutputFolder = folder },
                cancellationToken
            )
            .ConfigureAwait(false);
        return trained.PolicyFolder;
    }

    private static async Task WaitAsync(FleetProcess server, ProcessLog log, CancellationToken cancellationToken)
    {
        while (log.Count(Serving) == 0)
        {
            if (server.HasExited)
            {
                throw new IOException($"The policy could not be served. Its log is '{log.Path}'.");
            }
            await Task.Delay(Pause, cancellationToken).ConfigureAwait(false);
        }
    }

    private static GrpcChannel Channel(FleetAddress address) =>
        GrpcChannel.ForAddress(
            address.Url,
            new GrpcChannelOptions
            {
                HttpHandler = Connections.Handler(address),
                DisposeHttpClient = true,
                MaxSendMessageSize = null,
            }
        );

    private static async Task<long> WatchAsync(int process, CancellationToken cancellationToken)
    {
        long peak = 0;
        while (!cancellationToken.IsCancellationRequested)
        {
            peak = Math.Max(peak, PosixProcess.ResidentBytes(process));
            await Task.Delay(TimeSpan.FromMilliseconds(50), cancellationToken)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        return peak;
    }

    /// <summary>One caller of HTTP and one of gRPC, who ask one question after the other.</summary>
    private sealed class HonestCallers(HttpClient http, Policies.PoliciesClient grpc)
    {
        private static readonly float[] Observation = [0, 0.1f, 0, -0.1f];
        private readonly List<string> _failures = [];

        public int Failed => _failures.Count;

        public IReadOnlyList<string> Failures => _failures;

        public async Task<Latencies> CallAsync(int calls, CancellationToken cancellationToken)
        {
            var latencies = new Latencies();
            for (int i = 0; i < calls; i++)
            {
                await CallAsync(latencies, cancellationToken).ConfigureAwait(false);
            }
            return latencies;
        }

        public async Task<Latencies> CallDuringAsync(Task attack)
        {
            var latencies = new Latencies();
            while (!attack.IsCompleted)
            {
                await CallAsync(latencies, CancellationToken.None).ConfigureAwait(false);
            }
            await attack.ConfigureAwait(false);
            return latencies;
        }

        private async Task CallAsync(Latencies latencies, CancellationToken cancellationToken)
        {
            await Task.Delay(Pause, cancellationToken).ConfigureAwait(false);
            try
            {
                long started = Stopwatch.GetTimestamp();
                using HttpResponseMessage response = await http.PostAsJsonAsync(
                        "/v1/act",
                        new { observations = new[] { Observation } },
                        cancellationToken
                    )
                    .ConfigureAwait(false);
                response.EnsureSuccessStatusCode();
                await response.Content.ReadAsByteArrayAsync(cancellationToken).ConfigureAwait(false);
                latencies.Add(Stopwatch.GetElapsedTime(started));
                started = Stopwatch.GetTimestamp();
                await grpc.ActAsync(
                    new ActRequest
                    {
                        Observations = ByteString.CopyFrom(
                            System.Runtime.InteropServices.MemoryMarshal.AsBytes(Observation.AsSpan())
                        ),
                    },
                    cancellationToken: cancellationToken
                );
                latencies.Add(Stopwatch.GetElapsedTime(started));
            }
            catch (Exception exception) when (exception is HttpRequestException or RpcException or IOException)
            {
                _failures.Add(exception.Message);
            }
        }
    }

    /// <summary>Fifty senders, half of HTTP and half of gRPC.</summary>
    private sealed class Attack(int wanted, ulong seed, HttpClient http, GrpcChannel channel, Action<string> progress)
    {
        private readonly HostileBodies _bodies = new(seed);
        private readonly CallInvoker _invoker = channel.CreateCallInvoker();
        private int _taken;
        private int _sent;
        private int _refused;
        private int _answered;
        private int _longestReason;

        /// <summary>Longest pause of a sender before a body.</summary>
        public TimeSpan Pause { get; init; }

        public int Sent => _sent;
        public int Refused => _refused;
        public int Answered => _answered;
        public int LongestReason => _longestReason;

        public Task RunAsync(CancellationToken cancellationToken) =>
            Task.WhenAll(
                Enumerable.Range(0, AtOnce).Select(sender => Task.Run(() => SendAsync(sender % 2 == 0, cancellationToken)))
            );

        private async Task SendAsync(bool isHttp, CancellationToken cancellationToken)
        {
            while (Interlocked.Increment(ref _taken) <= wanted)
            {
                await Task.Delay(_bodies.Pause(Pause), cancellationToken).ConfigureAwait(false);
                try
                {
                    string reason = await (isHttp ? PostAsync(cancellationToken) : CallAsync(cancellationToken)).ConfigureAwait(
                        false
                    );
                    Interlocked.Increment(ref _refused);
                    lock (_bodies)
                    {
                        _longestReason = Math.Max(_longestReason, reason.Length);
                    }
                }
                catch (Exception exception) when (exception is HttpRequestException or IOException)
                {
                    // The server hung up before it had all of it, as it may.
                }
                if (Interlocked.Increment(ref _sent) % 100 == 0)
                {
                    progress($"{_sent} of {wanted} bodies sent");
                }
            }
        }

        private async Task<string> PostAsync(CancellationToken cancellationToken)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/act") { Content = _bodies.Body() };
            using HttpResponseMessage response = await http.SendAsync(request, cancellationToken).ConfigureAwait(false);
            if (response.IsSuccessStatusCode)
            {
                Interlocked.Increment(ref _answered);
            }
            JsonNode? answer = await response.Content.ReadFromJsonAsync<JsonNode>(cancellationToken).ConfigureAwait(false);
            return answer?["detail"]?.GetValue<string>() ?? "";
        }

        private async Task<string> CallAsync(CancellationToken cancellationToken)
        {
            try
            {
                await _invoker.AsyncUnaryCall(
                    Act,
                    null,
                    new CallOptions(cancellationToken: cancellationToken),
                    _bodies.Message()
                );
                Interlocked.Increment(ref _answered);
                return "";
            }
            catch (RpcException exception) when (!cancellationToken.IsCancellationRequested)
            {
                // What this side makes of a connection that was cut is no answer.
                return exception.Status.DebugException is null
                    ? RpcFailures.Describe(exception)
                    : throw new IOException(exception.Message, exception);
            }
        }
    }
}
