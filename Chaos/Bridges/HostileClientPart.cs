using Chaos.Campaigns;
using Chaos.Processes;
using Environments.Remote;
using Google.Protobuf;
using Grpc.Core;
using Grpc.Net.Client;
using Protos.Bridge;
using Protos.Fleet;
using Protos.Rpc;

namespace Chaos.Bridges;

/// <summary>Hostile clients at one server of environments, beside an honest one.</summary>
/// <param name="who">Which server, for the names of figures.</param>
/// <param name="address">Where it listens.</param>
/// <param name="token">What it asks for; null for nothing.</param>
/// <param name="name">What it serves: a CartPole.</param>
/// <param name="process">Its process.</param>
/// <param name="canaries">Files that nobody should touch.</param>
/// <param name="options">The campaign's.</param>
internal sealed class HostileClientPart(
    string who,
    FleetAddress address,
    string? token,
    string name,
    int process,
    Canaries canaries,
    ChaosOptions options
)
{
    /// <summary>Streams at once, the honest one's among them, and those whose end the server has not seen yet.</summary>
    public const int Clients = 4 * Strangers;

    private const int Strangers = 8;
    private const int RequestsPerStream = 5;
    private const int WarmUp = 400;
    private const double MemoryBar = 1.5;
    private const int AllowedBytes = 30_000_000; // of a server that is smaller than what its language takes to breathe
    private static readonly TimeSpan LongestStream = TimeSpan.FromSeconds(20);

    private static readonly Marshaller<byte[]> Bytes = new(bytes => bytes, bytes => bytes);
    private static readonly Method<byte[], byte[]> Session = new(
        MethodType.DuplexStreaming,
        BridgeMethods.Service,
        "Session",
        Bytes,
        Bytes
    );

    private int _sent;
    private long _steps;

    /// <summary>Attacks, and adds figures to a report.</summary>
    public async Task RunAsync(int messages, ChaosReport report, CancellationToken cancellationToken)
    {
        using GrpcChannel channel = BridgeChannel.Open(address, token, authorityFile: null);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        await AttackAsync(channel, WarmUp, cancellationToken).ConfigureAwait(false);
        long resident = PosixProcess.ResidentBytes(process);
        _sent = 0;
        // On a connection of its own: what strangers do to theirs is theirs to bear.
        using GrpcChannel honestChannel = BridgeChannel.Open(address, token, authorityFile: null);
        Task honest = PlayAsync(honestChannel, ending.Token);
        await AttackAsync(channel, messages, cancellationToken).ConfigureAwait(false);
        long before = Interlocked.Read(ref _steps);
        while (Interlocked.Read(ref _steps) < before + 10 && !honest.IsCompleted)
        {
            await Task.Delay(10, cancellationToken).ConfigureAwait(false);
        }
        report.AddAtLeast($"{who}_requests", _sent, messages);
        report.AddAtLeast($"{who}_honest_steps", Interlocked.Read(ref _steps), before + 10);
        report.AddAtMost($"{who}_honest_failures", honest.IsFaulted ? 1 : 0, 0);
        if (honest.Exception is { } exception)
        {
            report.Remark($"The honest client of {who}: {exception.GetBaseException().Message}");
        }
        await ending.CancelAsync().ConfigureAwait(false);
        await honest.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        long after = PosixProcess.ResidentBytes(process);
        report.Add($"{who}_resident_megabytes", after / 1e6);
        report.AddAtMost(
            $"{who}_growth_megabytes",
            (after - resident) / 1e6,
            Math.Max(AllowedBytes, (MemoryBar - 1) * resident) / 1e6
        );
    }

    private Task AttackAsync(GrpcChannel channel, int messages, CancellationToken cancellationToken) =>
        Task.WhenAll(
            Enumerable
                .Range(0, Strangers)
                .Select(i => new BridgeMessages(canaries, name, options.Seed * 100 + (ulong)(i + messages)))
                .Select(drawn => Task.Run(() => AttackAsync(channel.CreateCallInvoker(), drawn, messages, cancellationToken)))
        );

    private async Task AttackAsync(CallInvoker invoker, BridgeMessages drawn, int wanted, CancellationToken cancellationToken)
    {
        while (_sent < wanted)
        {
            cancellationToken.ThrowIfCancellationRequested();
            using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            ending.CancelAfter(LongestStream);
            try
            {
                using AsyncDuplexStreamingCall<byte[], byte[]> call = invoker.AsyncDuplexStreamingCall(
                    Session,
                    null,
                    new CallOptions(cancellationToken: ending.Token)
                );
                if (drawn.Next(4) > 0)
                {
                    await AskAsync(call, drawn.Open(), ending.Token).ConfigureAwait(false);
                    await AskAsync(call, BridgeMessages.Reset(drawn.Next(2) == 0), ending.Token).ConfigureAwait(false);
                }
                for (int i = 0; i < RequestsPerStream && _sent < wanted; i++)
                {
                    Note(wanted);
                    if (!await AskAsync(call, drawn.Request(), ending.Token).ConfigureAwait(false))
                    {
                        break;
                    }
                }
            }
            catch (Exception exception) when (exception is RpcException or IOException or InvalidOperationException)
            {
                // The server ended the stream, as it should.
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                // It waits for more, as it may.
            }
        }
    }

    private static async Task<bool> AskAsync(
        AsyncDuplexStreamingCall<byte[], byte[]> call,
        byte[] request,
        CancellationToken cancellationToken
    )
    {
        await call.RequestStream.WriteAsync(request, cancellationToken).ConfigureAwait(false);
        return await call.ResponseStream.MoveNext(cancellationToken).ConfigureAwait(false);
    }

    // Opens, resets and steps for as long as it may; every reply has to hold results.
    private async Task PlayAsync(GrpcChannel channel, CancellationToken cancellationToken)
    {
        using AsyncDuplexStreamingCall<SessionRequest, SessionReply> call = channel
            .CreateCallInvoker()
            .AsyncDuplexStreamingCall(BridgeMethods.Serve, null, new CallOptions(cancellationToken: cancellationToken));
        var drawn = new BridgeMessages(canaries, name, seed: 0);
        var requests = new List<SessionRequest>
        {
            SessionRequest.Parser.ParseFrom(drawn.Open()),
            SessionRequest.Parser.ParseFrom(BridgeMessages.Reset(wantsSharedMemory: false)),
            new() { Step = new Step { Actions = ByteString.CopyFrom(new byte[sizeof(float)]) } },
        };
        for (int i = 0; !cancellationToken.IsCancellationRequested; i++)
        {
            await call.RequestStream.WriteAsync(requests[Math.Min(i, 2)], cancellationToken).ConfigureAwait(false);
            if (!await call.ResponseStream.MoveNext(cancellationToken).ConfigureAwait(false))
            {
                throw new IOException("The server ended the honest stream.");
            }
            SessionReply reply = call.ResponseStream.Current;
            if (i == 0 ? reply.Opened is null : reply.Results?.Rewards.Length != sizeof(float))
            {
                throw new IOException($"The server answered an honest request with {reply.ReplyCase}: {reply.Failure?.Message}");
            }
            Interlocked.Increment(ref _steps);
            await Task.Delay(1, cancellationToken).ConfigureAwait(false);
        }
    }

    private void Note(int wanted)
    {
        int sent = Interlocked.Increment(ref _sent);
        if (sent % 1_000 == 0)
        {
            options.Progress($"{sent} of {wanted} requests sent to the {who} server");
        }
    }
}
