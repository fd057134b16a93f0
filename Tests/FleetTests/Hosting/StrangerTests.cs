using System.Net;
using System.Net.Sockets;
using Actors.Fleet;
using Environments;
using Fleet.Hosting;
using Fleet.Serving;
using Grpc.Core;
using Grpc.Net.Client;
using Microsoft.Extensions.Logging.Abstractions;
using Protos.Fleet;
using Protos.Rpc;
using Tests.LearnerTests.Metrics;
using Tests.Waits;
using Xunit;

namespace Tests.FleetTests.Hosting;

/// <summary>Connections from which nobody calls who may.</summary>
[ShortTime("The clock is set by hand.")]
public sealed class StrangerTests : IDisposable
{
    private const string Token = "a token of enough characters";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    private readonly ManualTime _clock = new();
    private readonly FleetParts _parts;

    public StrangerTests()
    {
        _parts = new FleetParts(clock: _clock);
        _parts.Publish(0);
    }

    public void Dispose() => _parts.Dispose();

    [Theory]
    [InlineData(Token)]
    [InlineData(null)]
    public async Task Listen_ConnectionsThatSayNothing_AreClosedAndFriendsStay(string? token)
    {
        (FleetServer server, string address) = await OpenAsync(token);
        await using FleetServer closing = server;
        using GrpcChannel friend = FleetChannel.Open(address, token);
        using AsyncDuplexStreamingCall<ActorFrame, LearnerMessage> stream = await GreetAsync(friend);
        int friends = _clock.Running;
        using Socket stranger = await ConnectAsync(address);
        await Deadline.UntilAsync(() => _clock.Running == friends + 1);

        _clock.Pass(Patience);

        Assert.True(await IsClosedAsync(stranger));
        await stream.RequestStream.WriteAsync(new ActorFrame { Unroll = _parts.Unroll(0) });
        Assert.True(await stream.ResponseStream.MoveNext(Limit));
        Assert.Equal(1, stream.ResponseStream.Current.Acknowledgement.NextTaken);
    }

    [Fact]
    public async Task Listen_ConnectionOfACallWithAnotherToken_IsClosedToo()
    {
        (FleetServer server, string address) = await OpenAsync(Token);
        await using FleetServer closing = server;
        var connections = new List<Socket>();
        using HttpClient http = Deadline.Http(
            new SocketsHttpHandler
            {
                ConnectCallback = async (context, cancellationToken) =>
                {
                    var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
                    await socket.ConnectAsync(context.DnsEndPoint, cancellationToken);
                    connections.Add(socket);
                    return new NetworkStream(socket);
                },
            }
        );
        using var get = new HttpRequestMessage(HttpMethod.Get, address)
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        Assert.Equal(HttpStatusCode.Unauthorized, (await http.SendAsync(get)).StatusCode);

        _clock.Pass(Patience);

        await Deadline.UntilAsync(() => connections[0].Poll(0, SelectMode.SelectRead) && connections[0].Available == 0);
        connections[0].Dispose();
    }

    [Fact]
    public async Task Stream_ThatSaysNoHello_EndsWithAnExplanation()
    {
        (FleetServer server, string address) = await OpenAsync(null);
        await using FleetServer closing = server;
        using GrpcChannel channel = FleetChannel.Open(address, null);
        int before = _clock.Running;
        using AsyncDuplexStreamingCall<ActorFrame, LearnerMessage> silent = Stream(channel);
        Task<bool> answer = silent.ResponseStream.MoveNext(Limit);
        await Deadline.UntilAsync(() => _clock.Running == before + 2); // the connection's, and the stream's

        _clock.Pass(Patience);

        Assert.True(await answer);
        Assert.Equal(Goodbye.Types.Reason.NotWelcome, silent.ResponseStream.Current.Goodbye.Reason);
        Assert.False(await silent.ResponseStream.MoveNext(Limit));
    }

    [Fact]
    public async Task Serve_ConnectionsThatSayNothing_AreClosed()
    {
        await using ServiceHost host = await ServiceHost.ServeEnvironmentAsync(
            EnvironmentRegistry.Default,
            "CartPole-v1",
            1,
            new FleetOptions
            {
                Listen = "http://127.0.0.1:0",
                Token = Token,
                Clock = _clock,
            }
        );
        using Socket stranger = await ConnectAsync(host.Addresses[0]);
        await Deadline.UntilAsync(() => _clock.Running == 1);

        _clock.Pass(Patience);

        Assert.True(await IsClosedAsync(stranger));
    }

    private static CancellationToken Limit => TestContext.Current.CancellationToken;

    private async Task<(FleetServer Server, string Address)> OpenAsync(string? token)
    {
        string address = "";
        var options = new FleetOptions
        {
            Listen = "http://127.0.0.1:0",
            Token = token,
            Clock = _clock,
            Listening = open => address = open,
        };
        FleetServer server = await FleetServer.StartAsync(
            FleetServer.Bind(options),
            _parts.Hub,
            new FleetStatusBoard(_parts.Settings, ""),
            options,
            NullLoggerFactory.Instance
        );
        return (server, address);
    }

    private static AsyncDuplexStreamingCall<ActorFrame, LearnerMessage> Stream(GrpcChannel channel) =>
        channel.CreateCallInvoker().AsyncDuplexStreamingCall(FleetMethods.StreamFrom(new UnrollWriter()), null, default);

    private static async Task<AsyncDuplexStreamingCall<ActorFrame, LearnerMessage>> GreetAsync(GrpcChannel channel)
    {
        AsyncDuplexStreamingCall<ActorFrame, LearnerMessage> call = Stream(channel);
        await call.RequestStream.WriteAsync(new ActorFrame { Hello = FleetParts.Hello("a") });
        Assert.True(await call.ResponseStream.MoveNext(Limit));
        Assert.NotNull(call.ResponseStream.Current.Welcome);
        return call;
    }

    private static async Task<Socket> ConnectAsync(string address)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(IPAddress.Loopback, new Uri(address).Port, Limit);
        return socket;
    }

    private static async Task<bool> IsClosedAsync(Socket socket)
    {
        var bytes = new byte[1_024];
        try
        {
            while (await socket.ReceiveAsync(bytes, Limit) > 0) { } // HTTP/2 says its settings first
            return true;
        }
        catch (SocketException)
        {
            return true;
        }
    }
}
