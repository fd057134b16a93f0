using Actors.Fleet;
using Grpc.Core;
using Tests.Waits;
using Xunit;

namespace Tests.ActorTests.Fleet;

/// <summary>A learner that answers and hangs up before it has read the greeting.</summary>
public sealed class GreetingTests
{
    [Fact]
    public async Task StreamAsync_RefusedBeforeTheGreetingIsRead_EndsWithTheAnswer()
    {
        using var session = new ActorSession(new ActorOptions { Learner = "http://127.0.0.1:1", Id = "a" }, new Refusing());
        using CancellationTokenSource stop = Deadline.Source();

        RpcException exception = await Assert.ThrowsAsync<RpcException>(() => session.StreamAsync(() => { }, stop.Token));

        Assert.Equal(StatusCode.Unauthenticated, exception.StatusCode);
    }

    [Fact]
    public async Task StreamAsync_CancelledWhileItGreets_IsCancelled()
    {
        using var session = new ActorSession(new ActorOptions { Learner = "http://127.0.0.1:1", Id = "a" }, new Refusing());
        using var stop = new CancellationTokenSource();
        await stop.CancelAsync();

        RpcException exception = await Assert.ThrowsAsync<RpcException>(() => session.StreamAsync(() => { }, stop.Token));

        Assert.Equal(StatusCode.Cancelled, exception.StatusCode);
    }

    /// <summary>Streams whose writing was cancelled, and whose answer is a refusal.</summary>
    private sealed class Refusing : CallInvoker
    {
        public override AsyncDuplexStreamingCall<TRequest, TResponse> AsyncDuplexStreamingCall<TRequest, TResponse>(
            Method<TRequest, TResponse> method,
            string? host,
            CallOptions options
        ) =>
            new(
                new Requests<TRequest>(),
                new Responses<TResponse>(),
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

        public override AsyncServerStreamingCall<TResponse> AsyncServerStreamingCall<TRequest, TResponse>(
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
    }

    private sealed class Requests<T> : IClientStreamWriter<T>
    {
        public WriteOptions? WriteOptions { get; set; }

        public Task CompleteAsync() => Task.CompletedTask;

        public Task WriteAsync(T message) => Task.FromException(new RpcException(new Status(StatusCode.Cancelled, "cancelled")));

        public Task WriteAsync(T message, CancellationToken cancellationToken) => WriteAsync(message);
    }

    private sealed class Responses<T> : IAsyncStreamReader<T>
    {
        public T Current => throw new InvalidOperationException();

        public Task<bool> MoveNext(CancellationToken cancellationToken) =>
            Task.FromException<bool>(new RpcException(new Status(StatusCode.Unauthenticated, "no")));
    }
}
