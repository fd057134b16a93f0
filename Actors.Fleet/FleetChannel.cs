using Grpc.Net.Client;
using Protos.Fleet;
using Protos.Rpc;

namespace Actors.Fleet;

/// <summary>A connection to a learner, as an actor or a status table needs it.</summary>
internal static class FleetChannel
{
    /// <summary>Opens a channel; nothing is sent before the first call.</summary>
    /// <exception cref="ArgumentException">The address is none, would send the token in the clear, or a file is missing.</exception>
    public static GrpcChannel Open(
        string learner,
        string? token,
        string? authorityFile = null,
        string? certificateFile = null,
        string? keyFile = null
    )
    {
        FleetAddress address = FleetAddress.Parse(learner);
        if (!address.IsSecure && !address.IsLocal)
        {
            throw new ArgumentException(
                $"{address} is another machine, and unrolls would travel in the clear. Use https:// (the learner's --certificate), or a tunnel to 127.0.0.1."
            );
        }
        var options = new GrpcChannelOptions
        {
            HttpHandler = Connections.Handler(address, authorityFile, certificateFile, keyFile),
            DisposeHttpClient = true,
            MaxReceiveMessageSize = FleetMethods.MaxMessageSize,
            MaxSendMessageSize = FleetMethods.MaxMessageSize,
        };
        if (token is not null)
        {
            options.Credentials = Connections.WithToken(address, token);
            options.UnsafeUseInsecureChannelCallCredentials = true; // only local addresses come this far in the clear
        }
        return GrpcChannel.ForAddress(address.Url, options);
    }
}
