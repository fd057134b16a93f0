using System.Security.Cryptography;
using Actors.Fleet;
using Grpc.Core;
using Protos.Fleet;
using Protos.Rpc;
using Tests.Waits;
using Xunit;

namespace Tests.ActorTests.Fleet;

public sealed class ParameterFetcherTests
{
    private const int Size = 2_500_000;

    [Fact]
    public async Task FetchAsync_SeveralChunks_AreOnePublication()
    {
        byte[] bytes = Bytes();

        (Publication publication, ReadOnlyMemory<byte> fetched) = await FetchAsync(Chunks(bytes));

        Assert.Equal(new Publication { Number = 4, ParameterVersion = 8 }, publication);
        Assert.True(fetched.Span.SequenceEqual(bytes));
    }

    [Fact]
    public async Task FetchAsync_AnotherSize_TurnsTheActorAwayWithBothSizes()
    {
        ActorRejectedException exception = await Assert.ThrowsAsync<ActorRejectedException>(() =>
            FetchAsync(Chunks(Bytes()[..^4]))
        );

        Assert.Contains(
            "have 2499996 bytes, but this actor's network needs 2500000",
            exception.Message,
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData("one bit")]
    [InlineData("no end")]
    [InlineData("nothing")]
    [InlineData("order")]
    [InlineData("twice")]
    [InlineData("no hash")]
    [InlineData("too long")]
    public async Task FetchAsync_DamagedChunks_Throws(string damage)
    {
        byte[] bytes = Bytes();
        List<ParameterFrame> chunks = [.. Chunks(bytes)];
        switch (damage)
        {
            case "one bit":
                bytes[2_000_000] ^= 1; // chunks are views of the array, their hash is not
                break;
            case "no end":
                chunks.RemoveAt(2);
                break;
            case "nothing":
                chunks.Clear();
                break;
            case "order":
                (chunks[1], chunks[2]) = (chunks[2], chunks[1]);
                break;
            case "twice":
                chunks.Insert(1, chunks[0]);
                break;
            case "no hash":
                chunks[0] = Chunk(bytes, 0, ReadOnlyMemory<byte>.Empty);
                break;
            default:
                chunks.Add(chunks[2]);
                break;
        }

        await Assert.ThrowsAsync<InvalidDataException>(() => FetchAsync(chunks));
    }

    private static byte[] Bytes() => [.. Enumerable.Range(0, Size).Select(i => (byte)(i * 31 / 7))];

    private static IEnumerable<ParameterFrame> Chunks(byte[] bytes)
    {
        byte[] hash = SHA256.HashData(bytes);
        for (int offset = 0; offset < bytes.Length; offset += FleetMethods.ChunkSize)
        {
            yield return Chunk(bytes, offset, offset == 0 ? hash : ReadOnlyMemory<byte>.Empty);
        }
    }

    private static ParameterFrame Chunk(byte[] bytes, int offset, ReadOnlyMemory<byte> hash) =>
        new()
        {
            Publication = new Publication { Number = 4, ParameterVersion = 8 },
            TotalBytes = bytes.Length,
            Offset = offset,
            Hash = hash,
            Data = bytes.AsMemory(offset, Math.Min(FleetMethods.ChunkSize, bytes.Length - offset)),
        };

    private static Task<(Publication, ReadOnlyMemory<byte>)> FetchAsync(IEnumerable<ParameterFrame> chunks)
    {
        var fetcher = new ParameterFetcher(new Replies([.. chunks]), Deadline.Patience);
        return fetcher.FetchAsync(-1, Size, CancellationToken.None);
    }

    /// <summary>A learner that sends given chunks.</summary>
    private sealed class Replies(ParameterFrame[] chunks) : CallInvoker
    {
        public override AsyncServerStreamingCall<TResponse> AsyncServerStreamingCall<TRequest, TResponse>(
            Method<TRequest, TResponse> method,
            string? host,
            CallOptions options,
            TRequest request
        ) =>
            new(
                (IAsyncStreamReader<TResponse>)(object)new Reader(chunks),
                Task.FromResult(new Metadata()),
                () => Status.DefaultSuccess,
                () => [],
                () => { }
            );

        public override TResponse BlockingUnaryCall<TRequest, TResponse>(
            Method<TRequest, TResponse> method,
            string? host,
            CallOptions options,
            TRequest request
        ) => throw new NotSupportedException();

        public override AsyncUnaryCall<TResponse> AsyncUnaryCall<TRequest, TResponse>(
            Method<TRequest, TResponse> method,
            string? host,
            CallOptions options,
            TRequest request
        ) => throw new NotSupportedException();

        public override AsyncClientStreamingCall<TRequest, TResponse> AsyncClientStreamingCall<TRequest, TResponse>(
            Method<TRequest, TResponse> method,
            string? host,
            CallOptions options
        ) => throw new NotSupportedException();

        public override AsyncDuplexStreamingCall<TRequest, TResponse> AsyncDuplexStreamingCall<TRequest, TResponse>(
            Method<TRequest, TResponse> method,
            string? host,
            CallOptions options
        ) => throw new NotSupportedException();
    }

    private sealed class Reader(ParameterFrame[] chunks) : IAsyncStreamReader<ParameterFrame>
    {
        private int _next;

        public ParameterFrame Current => chunks[_next - 1];

        public Task<bool> MoveNext(CancellationToken cancellationToken) => Task.FromResult(_next++ < chunks.Length);
    }
}
