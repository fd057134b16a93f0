using System.Diagnostics;
using System.Net.Sockets;
using Actors.Fleet;
using Grpc.Core;
using Grpc.Net.Client;
using Protos.Fleet;

namespace Learners.Fleet.Chaos;

/// <summary>Sends damaged and random messages to the live port while real actors train: the learner must neither fall nor grow.</summary>
/// <remarks>
/// Some streams say hello, some say something else first, some say nothing at all, and some are no HTTP/2. What survives the damage as a
/// well-formed unroll is learned from, since nobody can tell it from an odd simulator's; it must not end the training either.
/// </remarks>
internal static class Garbage
{
    private const int DefaultActors = 1;
    private const int Streams = 8;
    private const int SilentStreams = 8;
    private const int MessagesPerStream = 6;
    private const int Names = 500;

    // Megabytes that a young process may still take while its code is compiled and its heap finds its size; messages that stay are many more.
    private const double GrowthBar = 25;
    private static readonly TimeSpan LongestStream = TimeSpan.FromSeconds(10);

    private static readonly Marshaller<byte[]> Bytes = new(bytes => bytes, bytes => bytes);
    private static readonly Method<byte[], byte[]> Stream = Raw(MethodType.DuplexStreaming, "StreamUnrolls");
    private static readonly Method<byte[], byte[]> Fetch = Raw(MethodType.ServerStreaming, "FetchParameters");

    public static async Task<ChaosReport> RunAsync(ChaosOptions options, CancellationToken cancellationToken)
    {
        var report = new ChaosReport();
        using var fleet = new ChaosFleet(options, "garbage", options.Actors ?? DefaultActors, "checkpoints.every_steps=200000");
        await fleet.StartAsync(journal: false, cancellationToken).ConfigureAwait(false);
        using GrpcChannel channel = FleetChannel.Open(fleet.Address, token: null);
        CallInvoker invoker = channel.CreateCallInvoker();
        List<AsyncDuplexStreamingCall<byte[], byte[]>> silent =
        [
            .. Enumerable.Range(0, SilentStreams).Select(_ => invoker.AsyncDuplexStreamingCall(Stream, null, new CallOptions())),
        ];
        var tally = new Tally(options);
        var memory = new MemoryTrend();
        using var watching = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Task watcher = WatchAsync(fleet, memory, watching.Token);
        long started = Stopwatch.GetTimestamp();
        await Task.WhenAll(
                Enumerable
                    .Range(0, Streams)
                    .Select(_ => fleet.Random.NextUInt64())
                    .Select(seed =>
                        Task.Run(() =>
                            AttackAsync(fleet, invoker, new GarbageMessages("CartPole-v1", seed), tally, cancellationToken)
                        )
                    )
            )
            .ConfigureAwait(false);
        double seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        await watching.CancelAsync().ConfigureAwait(false);
        await watcher.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        silent.ForEach(call => call.Dispose());

        FleetStatus after = await fleet.AskAsync(cancellationToken).ConfigureAwait(false);
        report.AddAtLeast("messages", tally.Sent, options.Messages);
        report.Add("messages_per_second", tally.Sent / seconds);
        report.Add("unrolls_refused", after.UnrollsRefused);
        report.Add("damaged_but_well_formed", after.Actors.Where(actor => !IsReal(actor)).Sum(actor => actor.Unrolls));
        report.AddAtLeast("actors_quarantined", after.Actors.Count(actor => actor.Quarantine.Length > 0), 1);
        report.AddAtMost("real_actors_quarantined", after.Actors.Count(actor => IsReal(actor) && actor.Quarantine.Length > 0), 0);
        report.Add("sent_megabytes", tally.Bytes / 1e6);
        (double first, double growth) = memory.Fit(0);
        report.Add("learner_megabytes", first / 1e6);
        report.AddAtMost("learner_growth_megabytes", growth / 1e6, GrowthBar);
        long real = after.Actors.Where(IsReal).Sum(actor => actor.Unrolls);
        double later = await fleet
            .WaitAsync(
                "the learner trains on with its actor",
                60,
                async () =>
                    await fleet.StatusAsync(cancellationToken).ConfigureAwait(false) is { } status
                    && status.UnrollsTrained > after.UnrollsTrained + 20
                    && status.Actors.Where(IsReal).Sum(actor => actor.Unrolls) > real + 20,
                cancellationToken
            )
            .ConfigureAwait(false);
        report.AddAtMost("trains_on_after_seconds", later, options.Slowdown * 15);
        await fleet.FinishAsync(report).ConfigureAwait(false);
        return report;
    }

    // By the names that the campaign gives them: damaged hellos bring names of any kind.
    private static bool IsReal(ActorStatus actor) => actor.ActorId.StartsWith("actor-", StringComparison.Ordinal);

    private static async Task AttackAsync(
        ChaosFleet fleet,
        CallInvoker invoker,
        GarbageMessages messages,
        Tally tally,
        CancellationToken cancellationToken
    )
    {
        while (!tally.IsDone)
        {
            cancellationToken.ThrowIfCancellationRequested();
            using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            ending.CancelAfter(LongestStream);
            try
            {
                await (
                    messages.Next(10) switch
                    {
                        0 => WriteToSocketAsync(fleet, messages, tally, ending.Token),
                        1 => FetchAsync(invoker, messages, tally, ending.Token),
                        _ => StreamAsync(invoker, messages, tally, ending.Token),
                    }
                ).ConfigureAwait(false);
            }
            catch (Exception exception)
                when (exception is RpcException or IOException or SocketException or InvalidOperationException)
            {
                // The learner hung up, as it should.
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                // It waits for more, as it may.
            }
        }
    }

    private static async Task StreamAsync(
        CallInvoker invoker,
        GarbageMessages messages,
        Tally tally,
        CancellationToken cancellationToken
    )
    {
        using AsyncDuplexStreamingCall<byte[], byte[]> call = invoker.AsyncDuplexStreamingCall(
            Stream,
            null,
            new CallOptions(cancellationToken: cancellationToken)
        );
        if (messages.Next(3) > 0)
        {
            await call
                .RequestStream.WriteAsync(messages.Hello($"garbage-{messages.Next(Names)}"), cancellationToken)
                .ConfigureAwait(false);
            await call.ResponseStream.MoveNext(cancellationToken).ConfigureAwait(false);
        }
        for (int i = 0; i < MessagesPerStream && !tally.IsDone; i++)
        {
            byte[] message = messages.Draw(i);
            tally.Note(message.Length);
            await call.RequestStream.WriteAsync(message, cancellationToken).ConfigureAwait(false);
        }
        await call.RequestStream.CompleteAsync().ConfigureAwait(false);
        while (await call.ResponseStream.MoveNext(cancellationToken).ConfigureAwait(false)) { }
    }

    private static async Task FetchAsync(
        CallInvoker invoker,
        GarbageMessages messages,
        Tally tally,
        CancellationToken cancellationToken
    )
    {
        byte[] message = messages.Noise();
        tally.Note(message.Length);
        using AsyncServerStreamingCall<byte[]> call = invoker.AsyncServerStreamingCall(
            Fetch,
            null,
            new CallOptions(cancellationToken: cancellationToken),
            message
        );
        while (await call.ResponseStream.MoveNext(cancellationToken).ConfigureAwait(false)) { }
    }

    private static async Task WriteToSocketAsync(
        ChaosFleet fleet,
        GarbageMessages messages,
        Tally tally,
        CancellationToken cancellationToken
    )
    {
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket
            .ConnectAsync(new UnixDomainSocketEndPoint(FleetAddress.Parse(fleet.Address).SocketPath!), cancellationToken)
            .ConfigureAwait(false);
        byte[] message = messages.Noise();
        tally.Note(message.Length);
        await socket.SendAsync(message, cancellationToken).ConfigureAwait(false);
    }

    private static async Task WatchAsync(ChaosFleet fleet, MemoryTrend memory, CancellationToken cancellationToken)
    {
        long started = Stopwatch.GetTimestamp();
        while (true)
        {
            memory.Add(Stopwatch.GetElapsedTime(started).TotalSeconds, PosixProcess.ResidentBytes(fleet.Learner.Id));
            await Task.Delay(TimeSpan.FromMilliseconds(100), cancellationToken).ConfigureAwait(false);
            fleet.NoteDeaths();
        }
    }

    private static Method<byte[], byte[]> Raw(MethodType type, string name) =>
        new(type, "agents.fleet.v1.Fleet", name, Bytes, Bytes);

    private sealed class Tally(ChaosOptions options)
    {
        private int _sent;
        private long _bytes;

        public int Sent => _sent;

        public long Bytes => _bytes;

        public bool IsDone => _sent >= options.Messages;

        public void Note(int bytes)
        {
            Interlocked.Add(ref _bytes, bytes);
            int sent = Interlocked.Increment(ref _sent);
            if (sent % 500 == 0)
            {
                options.Progress($"{sent} of {options.Messages} damaged messages sent");
            }
        }
    }
}
