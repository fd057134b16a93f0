using System.Security.Cryptography;
using Grpc.Core;
using Protos.Fleet;
using Protos.Rpc;

namespace Actors.Fleet;

/// <summary>Fetches publications into one buffer.</summary>
internal sealed class ParameterFetcher(CallInvoker invoker, TimeSpan deadline)
{
    private byte[] _buffer = [];

    /// <summary>Fetches a publication.</summary>
    /// <param name="number">Its number; −1 for the newest.</param>
    /// <param name="size">Bytes that it must have.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <returns>Which one it is, and its bytes until the next call.</returns>
    /// <exception cref="InvalidDataException">It is incomplete, in disorder, or not what its hash says.</exception>
    /// <exception cref="ActorRejectedException">It is of another size.</exception>
    public async Task<(Publication Publication, ReadOnlyMemory<byte> Bytes)> FetchAsync(
        long number,
        int size,
        CancellationToken cancellationToken
    )
    {
        if (_buffer.Length != size)
        {
            _buffer = new byte[size];
        }
        using AsyncServerStreamingCall<ParameterFrame> call = invoker.AsyncServerStreamingCall(
            FleetMethods.FetchParameters,
            null,
            new CallOptions(deadline: DateTime.UtcNow + deadline, cancellationToken: cancellationToken),
            new ParameterRequest { Number = number }
        );
        Publication? publication = null;
        ReadOnlyMemory<byte> hash = default;
        long received = 0;
        while (await call.ResponseStream.MoveNext(cancellationToken).ConfigureAwait(false))
        {
            ParameterFrame frame = call.ResponseStream.Current;
            try
            {
                if (frame.TotalBytes != size)
                {
                    throw new ActorRejectedException(
                        $"The learner's parameters have {frame.TotalBytes} bytes, but this actor's network needs {size}. Use the same release for both."
                    );
                }
                if (frame.Offset != received || frame.Data.Length > size - received)
                {
                    throw new InvalidDataException("The learner's parameters came in the wrong order.");
                }
                publication ??= frame.Publication;
                hash = received == 0 ? frame.Hash : hash;
                frame.Data.CopyTo(_buffer.AsMemory((int)received));
                received += frame.Data.Length;
            }
            finally
            {
                frame.Release();
            }
        }
        if (publication is null || received != size || !SHA256.HashData(_buffer).AsSpan().SequenceEqual(hash.Span))
        {
            throw new InvalidDataException("The learner's parameters are not what their hash says.");
        }
        return (publication, _buffer);
    }
}
