using Actors.Fleet;
using Agents.Networks;
using Fleet.Hosting;
using Grpc.Core;
using Grpc.Core.Interceptors;
using Grpc.Net.Client;
using Microsoft.Extensions.Logging.Abstractions;
using Protos.Fleet;
using Tests.FleetTests;
using Tests.LearnerTests.Metrics;
using Tests.Waits;
using Xunit;

namespace Tests.ActorTests.Fleet;

/// <summary>An actor that is asked to end while it waits for the learner.</summary>
public sealed class StoppingTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly FleetParts _parts = new();

    public void Dispose()
    {
        _parts.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task StreamAsync_StoppedWhileParametersAreFetched_EndsWithoutWaitingForAGoodbye()
    {
        _parts.Source.Publish(new float[new ParameterLayout(_parts.Spec).Count], 0);
        var fleet = new FleetOptions { Listen = "unix:" + _folder.In("s") };
        await using FleetServer server = await FleetServer.StartAsync(
            FleetServer.Bind(fleet),
            _parts.Hub,
            new FleetStatusBoard(_parts.Settings, ""),
            fleet,
            NullLoggerFactory.Instance
        );
        // A clock that stands still: whoever waits for time to pass waits for ever.
        var options = new ActorOptions
        {
            Learner = fleet.Listen,
            Id = "a",
            Clock = new ManualTime(),
        };
        using GrpcChannel channel = FleetChannel.Open(fleet.Listen, null);
        var held = new HeldParameters();
        using var session = new ActorSession(options, channel.CreateCallInvoker().Intercept(held));
        using CancellationTokenSource stop = Deadline.Source();
        Task<Goodbye?> streaming = session.StreamAsync(() => { }, stop.Token);
        await await Task.WhenAny(held.Asked.Task, streaming);

        await stop.CancelAsync();

        Assert.Null(await streaming.InTime());
    }

    /// <summary>Parameters that never come.</summary>
    private sealed class HeldParameters : Interceptor
    {
        public TaskCompletionSource Asked { get; } = new();

        public override AsyncServerStreamingCall<TResponse> AsyncServerStreamingCall<TRequest, TResponse>(
            TRequest request,
            ClientInterceptorContext<TRequest, TResponse> context,
            AsyncServerStreamingCallContinuation<TRequest, TResponse> continuation
        )
        {
            Asked.SetResult();
            return new AsyncServerStreamingCall<TResponse>(
                new Nothing<TResponse>(),
                Task.FromResult(new Metadata()),
                () => Status.DefaultSuccess,
                () => [],
                () => { }
            );
        }
    }

    private sealed class Nothing<T> : IAsyncStreamReader<T>
    {
        public T Current => throw new InvalidOperationException("There is nothing.");

        public async Task<bool> MoveNext(CancellationToken cancellationToken)
        {
            var never = new TaskCompletionSource<bool>();
            using (cancellationToken.Register(() => never.SetException(new RpcException(Status.DefaultCancelled))))
            {
                return await never.Task;
            }
        }
    }
}
