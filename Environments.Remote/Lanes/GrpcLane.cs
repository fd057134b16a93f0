using System.Runtime.InteropServices;
using Environments.Naming;
using Google.Protobuf;
using Grpc.Core;
using Grpc.Net.Client;
using Protos.Bridge;
using Protos.Rpc;
using Wire = Protos.Bridge;

namespace Environments.Remote;

/// <summary>Copies behind a gRPC stream. Owns the stream, the channel and, where it started one, the server's process.</summary>
internal sealed partial class GrpcLane : IBatchLane
{
    private static readonly TimeSpan LastMoment = TimeSpan.FromSeconds(3);

    private readonly RemoteId _id;
    private readonly BridgeProcess? _process;
    private readonly GrpcChannel _channel;
    private readonly AsyncDuplexStreamingCall<SessionRequest, SessionAnswer> _call;
    private readonly SessionRequest _step = new() { Step = new Step() };
    private readonly byte[] _actions;
    private readonly byte[] _active;
    private readonly ByteString _actionBytes;
    private readonly ByteString _activeBytes;
    private readonly string _where;
    private readonly CancellationToken _interruption;
    private StepResults? _results;
    private SharedSlots? _slots;
    private bool _lost;
    private bool _disposed;

    private GrpcLane(
        RemoteId id,
        RemoteSettings settings,
        BridgeProcess? process,
        int copies,
        int actionSize,
        CancellationToken interruption
    )
    {
        _id = id;
        _interruption = interruption;
        _process = process;
        _where = id.Address?.ToString() ?? "the Python process";
        _actions = new byte[copies * actionSize * sizeof(float)];
        _active = new byte[copies];
        _actionBytes = UnsafeByteOperations.UnsafeWrap(_actions);
        _activeBytes = UnsafeByteOperations.UnsafeWrap(_active);
        _channel = process is null
            ? BridgeChannel.Open(id.Address!, settings.ReadToken(), settings.AuthorityFile)
            : BridgeChannel.Open(process.Address, process.Token, authorityFile: null);
        _call = _channel.CreateCallInvoker().AsyncDuplexStreamingCall(BridgeMethods.StepInto(() => _results), null, default);
    }

    /// <inheritdoc/>
    public StepResults Results => _results!;

    /// <summary>Whether observations come through shared memory.</summary>
    public bool SharesMemory => _slots is not null;

    /// <summary>The server's process, where it was started here.</summary>
    public BridgeProcess? Process => _process;

    /// <inheritdoc/>
    public void Reset(ulong seed)
    {
        _slots?.Dispose();
        _slots = null;
        AskToReset(seed, _id.Lane != ObservationLane.Messages && CanShare);
        if (Results.SharesMemory)
        {
            _slots = Results.SharedMemory is { } offer ? SharedSlots.TryOpen(offer, Results) : null;
            if (_slots is not null)
            {
                _slots.Read(Results);
                return;
            }
            AskToReset(seed, wantsSharedMemory: false); // which lies where this process cannot see it
        }
        if (Results.SharesMemory)
        {
            throw Fault("shares memory that was not asked for");
        }
        if (_id.Lane == ObservationLane.Shm)
        {
            throw new NotSupportedException(
                $"{_id.Text}: memory cannot be shared with {_where}; both ends must be on one Linux machine with room in /dev/shm. Use lane=auto."
            );
        }
    }

    private void AskToReset(ulong seed, bool wantsSharedMemory)
    {
        var reset = new Wire.Reset { Seed = seed, WantsSharedMemory = wantsSharedMemory };
        TimeSpan timeout = TimeSpan.FromTicks(Math.Max(_id.Timeout.Ticks, TimeSpan.FromSeconds(60).Ticks));
        RequireResults(Ask(new SessionRequest { Reset = reset }, timeout));
    }

    /// <inheritdoc/>
    public void Step(ReadOnlySpan<float> actions, ReadOnlySpan<bool> active, bool finalPictures)
    {
        MemoryMarshal.AsBytes(actions).CopyTo(_actions);
        MemoryMarshal.AsBytes(active).CopyTo(_active);
        _step.Step.Actions = _actionBytes;
        _step.Step.Active = active.IsEmpty ? ByteString.Empty : _activeBytes;
        _step.Step.FinalPictures = finalPictures;
        RequireResults(Ask(_step, _id.Timeout));
        if (Results.SharesMemory != (_slots is not null))
        {
            throw Fault("changed between shared memory and messages");
        }
        _slots?.Read(Results);
    }

    /// <inheritdoc/>
    public Picture Render(int copy)
    {
        Picture picture =
            Ask(new SessionRequest { Render = new Render { Copy = (uint)copy } }, _id.Timeout).Picture
            ?? throw Fault("sent no picture");
        return
            picture.Width is > 0 and <= 16_384
            && picture.Height is > 0 and <= 16_384
            && picture.Rgb.Length == 3L * picture.Width * picture.Height
            ? picture
            : throw Fault($"sent a picture of {picture.Width} × {picture.Height} in {picture.Rgb.Length} bytes");
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_disposed)
        {
            return;
        }
        _disposed = true;
        if (!_lost)
        {
            try
            {
                _call.RequestStream.CompleteAsync().Wait(TimeSpan.FromSeconds(1));
            }
            catch (Exception exception) when (exception is AggregateException or InvalidOperationException or RpcException)
            {
                // The stream is gone already.
            }
        }
        _call.Dispose();
        _channel.Dispose();
        _slots?.Dispose();
        if (_lost)
        {
            _process?.Kill();
        }
        else
        {
            _process?.Dispose();
        }
    }

    private bool CanShare => SharedSlots.IsSupported && (_process is not null || _id.Address is { IsLocal: true });

    private SessionAnswer Ask(SessionRequest request, TimeSpan timeout)
    {
        SessionAnswer answer;
        try
        {
            Task write = _call.RequestStream.WriteAsync(request);
            Task<bool> read = _call.ResponseStream.MoveNext(CancellationToken.None);
            if (!Wait(read, timeout))
            {
                _lost = true;
                throw new BridgeLostException($"no answer within {timeout.TotalSeconds:0.#} s");
            }
            if (!read.Result)
            {
                throw Lost("the stream ended");
            }
            if (!write.Wait(timeout))
            {
                throw Lost("an answer came before the whole request was sent");
            }
            answer = _call.ResponseStream.Current;
        }
        catch (Exception exception) when (Unwrap(exception) is RpcException or IOException or InvalidOperationException)
        {
            Exception inner = Unwrap(exception);
            if (inner is BridgeLostException)
            {
                throw inner;
            }
            if (
                inner
                    is RpcException
                    {
                        StatusCode: not StatusCode.Unavailable and not StatusCode.Internal and not StatusCode.Cancelled
                    } status
                && Failures.Of(_where, status) is not BridgeLostException and var other
            )
            {
                throw other;
            }
            throw Lost(inner is RpcException rpc ? RpcFailures.Describe(rpc) : inner.Message);
        }
        if (answer.Failure is { } failure)
        {
            throw Failures.Of(_id.Text, failure);
        }
        return answer.Defect is { } defect ? throw new EnvironmentFaultException($"{_id.Text}: {defect}.") : answer;
    }

    private bool Wait(Task<bool> answer, TimeSpan timeout)
    {
        try
        {
            return answer.Wait((int)timeout.TotalMilliseconds, _interruption);
        }
        catch (OperationCanceledException) when (_interruption.IsCancellationRequested) // the answer may have come meanwhile
        {
            return answer.Wait(timeout < LastMoment ? timeout : LastMoment, CancellationToken.None);
        }
    }

    private static Exception Unwrap(Exception exception) =>
        exception is AggregateException { InnerException: { } inner } ? inner : exception;

    private BridgeLostException Lost(string detail)
    {
        _lost = true;
        return new BridgeLostException(_process?.Epitaph() ?? $"{_where} cannot be reached: {detail}");
    }

    private EnvironmentFaultException Fault(string what) => new($"{_id.Text}: {_where} {what}.");

    private void RequireResults(SessionAnswer answer)
    {
        if (!answer.HasResults)
        {
            throw Fault("sent no results");
        }
    }
}
