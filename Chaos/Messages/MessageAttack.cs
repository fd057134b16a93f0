using System.Net.Sockets;
using Chaos.Fleets;
using Grpc.Core;
using Protos.Fleet;

namespace Chaos.Messages;

/// <summary>Eight strangers at a learner's port, who say hello under their own names or those of others, or say something else, or nothing.</summary>
internal sealed class MessageAttack(ChaosFleet fleet, CallInvoker invoker, int wanted, Action<string> progress)
{
    private const int Strangers = 8;
    private const int MessagesPerStream = 6;
    private const int Names = 5_000; // more than a learner remembers
    private const int TellEvery = 5_000;
    private static readonly TimeSpan LongestStream = TimeSpan.FromSeconds(10);

    private int _sent;
    private long _bytes;
    private int _stealing;
    private int _stolen;

    /// <summary>Messages sent.</summary>
    public int Sent => _sent;

    /// <summary>Bytes sent.</summary>
    public long Bytes => _bytes;

    /// <summary>Hellos under the name of an honest actor.</summary>
    public int Stealing => _stealing;

    /// <summary>Those of them that were welcome.</summary>
    public int Stolen => _stolen;

    /// <summary>Attacks until all messages are sent.</summary>
    public Task RunAsync(CancellationToken cancellationToken) =>
        Task.WhenAll(
            Enumerable
                .Range(0, Strangers)
                .Select(_ => fleet.Random.NextUInt64())
                .Select(seed => Task.Run(() => AttackAsync(new DamagedMessages(fleet.Environment, seed), cancellationToken)))
        );

    private async Task AttackAsync(DamagedMessages messages, CancellationToken cancellationToken)
    {
        while (_sent < wanted)
        {
            cancellationToken.ThrowIfCancellationRequested();
            using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            ending.CancelAfter(LongestStream);
            try
            {
                await (
                    messages.Next(12) switch
                    {
                        0 => WriteToSocketAsync(messages, ending.Token),
                        1 => FetchAsync(messages, ending.Token),
                        2 or 3 => StreamAsync(
                            messages,
                            $"actor-{messages.Next(fleet.Actors.Count)}",
                            isStolen: true,
                            ending.Token
                        ),
                        4 or 5 or 6 => StreamAsync(messages, null, isStolen: false, ending.Token),
                        _ => StreamAsync(messages, $"garbage-{messages.Next(Names)}", isStolen: false, ending.Token),
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

    private async Task StreamAsync(DamagedMessages messages, string? name, bool isStolen, CancellationToken cancellationToken)
    {
        using AsyncDuplexStreamingCall<byte[], byte[]> call = RawFleet.OpenStream(invoker, cancellationToken);
        if (name is not null)
        {
            byte[] hello = messages.Hello(name);
            Note(hello.Length);
            await call.RequestStream.WriteAsync(hello, cancellationToken).ConfigureAwait(false);
            await call.ResponseStream.MoveNext(cancellationToken).ConfigureAwait(false);
            if (isStolen)
            {
                Interlocked.Increment(ref _stealing);
                Interlocked.Add(
                    ref _stolen,
                    LearnerMessage.Parser.ParseFrom(call.ResponseStream.Current).Welcome is null ? 0 : 1
                );
            }
        }
        for (int i = 0; i < MessagesPerStream && _sent < wanted; i++)
        {
            byte[] message = messages.Draw(i);
            Note(message.Length);
            await call.RequestStream.WriteAsync(message, cancellationToken).ConfigureAwait(false);
        }
        await call.RequestStream.CompleteAsync().ConfigureAwait(false);
        while (await call.ResponseStream.MoveNext(cancellationToken).ConfigureAwait(false)) { }
    }

    private async Task FetchAsync(DamagedMessages messages, CancellationToken cancellationToken)
    {
        byte[] message = messages.Noise();
        Note(message.Length);
        using AsyncServerStreamingCall<byte[]> call = RawFleet.FetchParameters(invoker, message, cancellationToken);
        while (await call.ResponseStream.MoveNext(cancellationToken).ConfigureAwait(false)) { }
    }

    private async Task WriteToSocketAsync(DamagedMessages messages, CancellationToken cancellationToken)
    {
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket
            .ConnectAsync(new UnixDomainSocketEndPoint(FleetAddress.Parse(fleet.Files.Address).SocketPath!), cancellationToken)
            .ConfigureAwait(false);
        byte[] message = messages.Noise();
        Note(message.Length);
        await socket.SendAsync(message, cancellationToken).ConfigureAwait(false);
    }

    private void Note(int bytes)
    {
        Interlocked.Add(ref _bytes, bytes);
        int sent = Interlocked.Increment(ref _sent);
        if (sent % TellEvery == 0)
        {
            progress($"{sent} of {wanted} messages sent, {_stolen} of {_stealing} names stolen");
        }
    }
}
