using System.Net;
using Google.Protobuf;
using Grpc.AspNetCore.Server.Model;
using Grpc.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Protos.Bridge;
using Protos.Rpc;

namespace Chaos.Bridges;

/// <summary>A server of environments that answers with what it likes: sometimes as it should, for clients only get further where it does.</summary>
internal sealed class HostileServer : IAsyncDisposable
{
    private readonly WebApplication _application;

    private HostileServer(WebApplication application) => _application = application;

    /// <summary>Port of this machine on which it listens.</summary>
    public int Port => new Uri(_application.Urls.First()).Port;

    /// <summary>Starts one.</summary>
    public static async Task<HostileServer> StartAsync(BridgeMessages messages)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddGrpc(grpc => grpc.MaxReceiveMessageSize = null);
        builder.Services.AddSingleton(new Liar(messages));
        builder.Services.AddSingleton<IServiceMethodProvider<Liar>, Methods>();
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(2));
        builder.WebHost.ConfigureKestrel(kestrel =>
            kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http2)
        );
        WebApplication application = builder.Build();
        application.MapGrpcService<Liar>();
        await application.StartAsync().ConfigureAwait(false);
        return new HostileServer(application);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _application.StopAsync().ConfigureAwait(false);
        await _application.DisposeAsync().ConfigureAwait(false);
    }

    private sealed class Liar(BridgeMessages messages)
    {
        // Its client speaks one call after the other, but the last one's end may still be on its way.
        private readonly object _lock = new();

        public byte[] Describe()
        {
            lock (_lock)
            {
                return messages.Next(12) == 0
                    ? messages.Damage(new DescribeReply { Description = messages.Description() }.ToByteArray())
                    : new DescribeReply { Description = messages.Description() }.ToByteArray();
            }
        }

        public async Task SessionAsync(
            IAsyncStreamReader<byte[]> requests,
            IServerStreamWriter<byte[]> replies,
            ServerCallContext context
        )
        {
            try
            {
                for (int i = 0; await requests.MoveNext(context.CancellationToken).ConfigureAwait(false); i++)
                {
                    if (Draw(60) == 0)
                    {
                        return;
                    }
                    await replies.WriteAsync(ReplyTo(i), context.CancellationToken).ConfigureAwait(false);
                }
            }
            catch (Exception exception) when (exception is IOException or OperationCanceledException or RpcException)
            {
                // The client has had enough.
            }
        }

        private int Draw(int count)
        {
            lock (_lock)
            {
                return messages.Next(count);
            }
        }

        private byte[] ReplyTo(int request)
        {
            lock (_lock)
            {
                if (messages.Next(8) == 0)
                {
                    return messages.Reply();
                }
                return (
                    request == 0
                        ? new SessionReply { Opened = messages.Description() }
                        : messages.Results(offers: request == 1 && messages.Next(2) == 0)
                ).ToByteArray();
            }
        }
    }

    private sealed class Methods : IServiceMethodProvider<Liar>
    {
        private static readonly Marshaller<byte[]> Bytes = new(bytes => bytes, bytes => bytes);

        public void OnServiceMethodDiscovery(ServiceMethodProviderContext<Liar> context)
        {
            context.AddUnaryMethod(
                new Method<byte[], byte[]>(MethodType.Unary, BridgeMethods.Service, "Describe", Bytes, Bytes),
                [],
                (Liar liar, byte[] _, ServerCallContext _) => Task.FromResult(liar.Describe())
            );
            context.AddDuplexStreamingMethod(
                new Method<byte[], byte[]>(MethodType.DuplexStreaming, BridgeMethods.Service, "Session", Bytes, Bytes),
                [],
                (liar, requests, replies, call) => liar.SessionAsync(requests, replies, call)
            );
        }
    }
}
