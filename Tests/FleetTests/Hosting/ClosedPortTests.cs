using System.Net;
using System.Net.Sockets;
using Actors.Fleet;
using Fleet.Hosting;
using Grpc.Core;
using Grpc.Net.Client;
using Microsoft.Extensions.Logging.Abstractions;
using Protos.Fleet;
using Protos.Rpc;
using Tests.Waits;
using Xunit;

namespace Tests.FleetTests.Hosting;

/// <summary>Real ports of this machine: who may speak and who may not.</summary>
public sealed class ClosedPortTests : IDisposable
{
    private const string Token = "a token of enough characters";
    private readonly TemporaryFolder _folder = new();
    private readonly FleetParts _parts = new();

    public ClosedPortTests() => _parts.Publish(0);

    public void Dispose()
    {
        _parts.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [InlineData(null)]
    [InlineData("another token of enough characters")]
    [InlineData("a token of enough character")]
    public async Task Call_WithoutTheToken_IsUnauthenticatedWhateverItIs(string? token)
    {
        (FleetServer server, string address) = await OpenAsync(new FleetOptions { Listen = "http://127.0.0.1:0", Token = Token });
        await using FleetServer closing = server;
        using GrpcChannel channel = FleetChannel.Open(address, token);

        Assert.Equal(StatusCode.Unauthenticated, await StatusOfAsync(() => StatusAsync(channel)));
        Assert.Equal(StatusCode.Unauthenticated, await StatusOfAsync(() => FetchAsync(channel)));
        Assert.Equal(StatusCode.Unauthenticated, await StatusOfAsync(() => GreetAsync(channel)));
        Assert.Equal(3, _parts.Hub.Metrics.Strangers);
        Assert.Empty(_parts.Hub.Roster.List());

        using GrpcChannel friend = FleetChannel.Open(address, Token);
        FleetStatus status = await StatusAsync(friend);
        Assert.Equal(("run-1", 3), (status.RunId, status.UnauthenticatedCalls));
        Assert.Equal(12, await FetchAsync(friend));
        Assert.Equal("run-1", (await GreetAsync(friend)).Welcome.RunId);
    }

    [Fact]
    public async Task Call_WrongToken_EndsTheActorWithAnExplanation()
    {
        (FleetServer server, string address) = await OpenAsync(new FleetOptions { Listen = "http://127.0.0.1:0", Token = Token });
        await using FleetServer closing = server;

        ActorRejectedException exception = await Assert.ThrowsAsync<ActorRejectedException>(() =>
            ActorRunner.RunAsync(new ActorOptions { Learner = address, Id = "a" })
        );

        Assert.Contains("AGENTS_TOKEN", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Get_PlainHttp_NeedsTheTokenToo()
    {
        string metrics = _folder.In("m");
        (FleetServer server, string address) = await OpenAsync(
            new FleetOptions
            {
                Listen = "http://127.0.0.1:0",
                MetricsListen = "unix:" + metrics,
                Token = Token,
            }
        );
        await using FleetServer closing = server;
        using HttpClient actors = Deadline.Http();
        actors.BaseAddress = new Uri(address);
        using HttpClient client = Over(metrics);

        Assert.Equal(HttpStatusCode.Unauthorized, (await client.GetAsync("metrics")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("health")).StatusCode); // one word, for probes that have no token
        using var get = new HttpRequestMessage(HttpMethod.Get, "/")
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        Assert.Equal(HttpStatusCode.Unauthorized, (await actors.SendAsync(get)).StatusCode);
        Assert.Equal(2, _parts.Hub.Metrics.Strangers);

        client.DefaultRequestHeaders.Add("Authorization", "Bearer " + Token);
        Assert.Equal("healthy\n", await client.GetStringAsync("health"));
        Assert.Contains("agents_calls_unauthenticated", await client.GetStringAsync("metrics"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Call_Encrypted_TrustsTheRunsOwnAuthorityAlone()
    {
        string own = Certificates("own", "127.0.0.1");
        string other = Certificates("other", "127.0.0.1");
        (FleetServer server, string address) = await OpenAsync(Encrypted(own) with { Token = Token });
        await using FleetServer closing = server;

        using GrpcChannel trusting = FleetChannel.Open(address, Token, Path.Combine(own, "ca.pem"));
        using GrpcChannel deceived = FleetChannel.Open(address, Token, Path.Combine(other, "ca.pem"));
        using GrpcChannel system = FleetChannel.Open(address, Token);
        using GrpcChannel stranger = FleetChannel.Open(address, null, Path.Combine(own, "ca.pem"));

        Assert.Equal("run-1", (await StatusAsync(trusting)).RunId);
        Assert.Equal(StatusCode.Unavailable, await StatusOfAsync(() => StatusAsync(deceived), StatusCode.Internal));
        Assert.Equal(StatusCode.Unavailable, await StatusOfAsync(() => StatusAsync(system), StatusCode.Internal));
        Assert.Equal(0, _parts.Hub.Metrics.Strangers); // they never spoke
        Assert.Equal(StatusCode.Unauthenticated, await StatusOfAsync(() => StatusAsync(stranger)));
    }

    [Fact]
    public async Task Call_CertificateOfAnotherHost_IsNotTrusted()
    {
        string own = Certificates("own", "learner.example");
        (FleetServer server, string address) = await OpenAsync(Encrypted(own) with { Token = Token });
        await using FleetServer closing = server;
        using GrpcChannel channel = FleetChannel.Open(address, Token, Path.Combine(own, "ca.pem"));

        Assert.Equal(StatusCode.Unavailable, await StatusOfAsync(() => StatusAsync(channel), StatusCode.Internal));
    }

    [Fact]
    public async Task Call_ClientCertificatesWanted_OnlyThoseOfTheAuthorityAreLetIn()
    {
        string own = Certificates("own", "127.0.0.1");
        string other = Certificates("other", "127.0.0.1");
        string authority = Path.Combine(own, "ca.pem");
        (FleetServer server, string address) = await OpenAsync(Encrypted(own) with { ClientAuthorityFile = authority });
        await using FleetServer closing = server;
        GrpcChannel With(string? folder, string name) =>
            FleetChannel.Open(
                address,
                null,
                authority,
                folder is null ? null : Path.Combine(folder, name + ".pem"),
                folder is null ? null : Path.Combine(folder, name + "-key.pem")
            );
        using GrpcChannel actor = With(own, "actor");
        using GrpcChannel nobody = With(null, "");
        using GrpcChannel stranger = With(other, "actor");
        using GrpcChannel learner = With(own, "learner"); // a server's certificate is no client's

        Assert.Equal("run-1", (await StatusAsync(actor)).RunId);
        foreach (GrpcChannel channel in new[] { nobody, stranger, learner })
        {
            Assert.Equal(StatusCode.Unavailable, await StatusOfAsync(() => StatusAsync(channel), StatusCode.Internal));
        }
    }

    [Fact]
    public async Task StartAsync_SocketOfSomebodyElse_IsLeftAlone()
    {
        string path = _folder.In("s");
        (FleetServer first, _) = await OpenAsync(new FleetOptions { Listen = "unix:" + path });
        await using FleetServer closing = first;
        string file = _folder.In("notes.txt");
        File.WriteAllText(file, "precious");

        IOException inUse = await Assert.ThrowsAsync<IOException>(() => OpenAsync(new FleetOptions { Listen = "unix:" + path }));
        IOException noSocket = await Assert.ThrowsAsync<IOException>(() =>
            OpenAsync(new FleetOptions { Listen = "unix:" + file })
        );

        Assert.Contains("in use by another process", inUse.Message, StringComparison.Ordinal);
        Assert.Contains("is no socket", noSocket.Message, StringComparison.Ordinal);
        Assert.Equal("precious", File.ReadAllText(file));
        using GrpcChannel channel = FleetChannel.Open("unix:" + path, null);
        Assert.Equal("run-1", (await StatusAsync(channel)).RunId);
    }

    [Fact]
    public async Task StartAsync_SocketThatAKilledProcessLeft_IsReplaced()
    {
        string path = _folder.In("s");
        using (var left = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified))
        {
            left.Bind(new UnixDomainSocketEndPoint(path));
            left.Listen();
        }
        File.Exists(path);

        (FleetServer server, _) = await OpenAsync(new FleetOptions { Listen = "unix:" + path });
        await using FleetServer closing = server;

        using GrpcChannel channel = FleetChannel.Open("unix:" + path, null);
        Assert.Equal("run-1", (await StatusAsync(channel)).RunId);
    }

    [Fact]
    public async Task Stream_ThatBeginsWithoutAHello_IsToldSo()
    {
        (FleetServer server, string address) = await OpenAsync(new FleetOptions { Listen = "http://127.0.0.1:0" });
        await using FleetServer closing = server;
        using GrpcChannel channel = FleetChannel.Open(address, null);
        using AsyncDuplexStreamingCall<ActorFrame, LearnerMessage> empty = Stream(channel);
        using AsyncDuplexStreamingCall<ActorFrame, LearnerMessage> early = Stream(channel);
        await empty.RequestStream.CompleteAsync();
        await early.RequestStream.WriteAsync(new ActorFrame { Unroll = _parts.Unroll(0) });

        foreach (
            (AsyncDuplexStreamingCall<ActorFrame, LearnerMessage> call, string why) in new[]
            {
                (empty, "the stream is empty"),
                (early, "it is an unroll"),
            }
        )
        {
            Assert.True(await call.ResponseStream.MoveNext(CancellationToken.None));
            Goodbye goodbye = call.ResponseStream.Current.Goodbye;
            Assert.Equal(Goodbye.Types.Reason.NotWelcome, goodbye.Reason);
            Assert.Contains(why, goodbye.Detail, StringComparison.Ordinal);
        }
    }

    private string Certificates(string name, string host)
    {
        string folder = _folder.In(name);
        CertificateFiles.Create(folder, [host], DateTimeOffset.UtcNow, TimeSpan.FromDays(1));
        return folder;
    }

    private static FleetOptions Encrypted(string certificates) =>
        new()
        {
            Listen = "https://127.0.0.1:0",
            CertificateFile = Path.Combine(certificates, "learner.pem"),
            KeyFile = Path.Combine(certificates, "learner-key.pem"),
        };

    private async Task<(FleetServer Server, string Address)> OpenAsync(FleetOptions options)
    {
        string address = "";
        FleetServer server = await FleetServer.StartAsync(
            FleetServer.Bind(options),
            _parts.Hub,
            new FleetStatusBoard(_parts.Settings, ""),
            options with
            {
                Listening = open => address = open,
            },
            NullLoggerFactory.Instance
        );
        return (server, address);
    }

    private static HttpClient Over(string socketPath)
    {
        var handler = new SocketsHttpHandler
        {
            ConnectCallback = async (_, cancellationToken) =>
            {
                var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                await socket.ConnectAsync(new UnixDomainSocketEndPoint(socketPath), cancellationToken);
                return new NetworkStream(socket, ownsSocket: true);
            },
        };
        HttpClient client = Deadline.Http(handler);
        client.BaseAddress = new Uri("http://localhost");
        return client;
    }

    private static CallOptions Limit => new(deadline: Deadline.Utc);

    private static AsyncDuplexStreamingCall<ActorFrame, LearnerMessage> Stream(GrpcChannel channel) =>
        channel.CreateCallInvoker().AsyncDuplexStreamingCall(FleetMethods.StreamFrom(new UnrollWriter()), null, Limit);

    private static async Task<FleetStatus> StatusAsync(GrpcChannel channel) =>
        await channel.CreateCallInvoker().AsyncUnaryCall(FleetMethods.GetStatus, null, Limit, new StatusRequest());

    private static async Task<int> FetchAsync(GrpcChannel channel)
    {
        using AsyncServerStreamingCall<ParameterFrame> call = channel
            .CreateCallInvoker()
            .AsyncServerStreamingCall(FleetMethods.FetchParameters, null, Limit, new ParameterRequest { Number = -1 });
        Assert.True(await call.ResponseStream.MoveNext(CancellationToken.None));
        return call.ResponseStream.Current.Data.Length;
    }

    private static async Task<LearnerMessage> GreetAsync(GrpcChannel channel)
    {
        using AsyncDuplexStreamingCall<ActorFrame, LearnerMessage> call = Stream(channel);
        try
        {
            await call.RequestStream.WriteAsync(new ActorFrame { Hello = FleetParts.Hello("a") });
        }
        catch (RpcException)
        {
            // Refused before the greeting was read; the answer says why.
        }
        Assert.True(await call.ResponseStream.MoveNext(CancellationToken.None));
        return call.ResponseStream.Current;
    }

    // A handshake that fails is Unavailable or Internal, depending on which side notices first.
    private static async Task<StatusCode> StatusOfAsync(Func<Task> call, StatusCode? alike = null)
    {
        RpcException exception = await Assert.ThrowsAsync<RpcException>(call);
        return exception.StatusCode == alike ? StatusCode.Unavailable : exception.StatusCode;
    }
}
