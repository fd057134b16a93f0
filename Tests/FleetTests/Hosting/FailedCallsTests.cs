using Fleet.Hosting;
using Grpc.Core;
using Microsoft.Extensions.Logging;
using Xunit;

namespace Tests.FleetTests.Hosting;

/// <summary>Errors of the learner are told, deaths of its clients are not.</summary>
public sealed class FailedCallsTests
{
    private readonly ListLog _log = new();

    [Fact]
    public async Task Handler_Throws_IsLoggedWithItsMethodAndAnsweredWithoutDetails()
    {
        RpcException answer = await Assert.ThrowsAsync<RpcException>(() =>
            CallAsync(new InvalidOperationException("secret"), CancellationToken.None)
        );

        Assert.Equal(StatusCode.Internal, answer.StatusCode);
        Assert.DoesNotContain("secret", answer.Status.Detail, StringComparison.Ordinal);
        Assert.Equal(["Error The call /test/Call failed. secret"], _log.Lines);
    }

    [Fact]
    public async Task Handler_AnswersWithAStatus_IsNotLogged()
    {
        var status = new RpcException(new Status(StatusCode.NotFound, "not kept"));

        Assert.Same(status, await Assert.ThrowsAsync<RpcException>(() => CallAsync(status, CancellationToken.None)));
        Assert.Empty(_log.Lines);
    }

    [Fact]
    public async Task Client_Died_IsNotLogged()
    {
        await Assert.ThrowsAsync<IOException>(() => CallAsync(new IOException("cut off"), CancellationToken.None));
        await Assert.ThrowsAsync<InvalidOperationException>(() =>
            CallAsync(new InvalidOperationException("the response is complete"), new CancellationToken(canceled: true))
        );

        Assert.Empty(_log.Lines);
    }

    private Task<string> CallAsync(Exception exception, CancellationToken cancellation) =>
        new FailedCalls(_log).UnaryServerHandler<string, string>(
            "request",
            new Context(cancellation),
            (_, _) => Task.FromException<string>(exception)
        );

    private sealed class ListLog : ILogger<FailedCalls>
    {
        public List<string> Lines { get; } = [];

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel,
            EventId eventId,
            TState state,
            Exception? exception,
            Func<TState, Exception?, string> formatter
        ) => Lines.Add($"{logLevel} {formatter(state, exception)} {exception?.Message}");
    }

    private sealed class Context(CancellationToken cancellation) : ServerCallContext
    {
        protected override string MethodCore => "/test/Call";
        protected override string HostCore => "";
        protected override string PeerCore => "";
        protected override DateTime DeadlineCore => DateTime.MaxValue;
        protected override Metadata RequestHeadersCore { get; } = [];
        protected override CancellationToken CancellationTokenCore => cancellation;
        protected override Metadata ResponseTrailersCore { get; } = [];
        protected override Status StatusCore { get; set; }
        protected override WriteOptions? WriteOptionsCore { get; set; }
        protected override AuthContext AuthContextCore { get; } = new("", []);

        protected override ContextPropagationToken CreatePropagationTokenCore(ContextPropagationOptions? options) =>
            throw new NotSupportedException();

        protected override Task WriteResponseHeadersAsyncCore(Metadata responseHeaders) => Task.CompletedTask;
    }
}
