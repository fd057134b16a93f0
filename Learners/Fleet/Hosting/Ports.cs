using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Protos.Fleet;

namespace Learners.Fleet.Hosting;

/// <summary>Opening ports, and telling who may come in: what every server here does alike.</summary>
internal static class Ports
{
    /// <summary>Opens an address.</summary>
    /// <exception cref="ArgumentException">It is a name.</exception>
    public static void Listen(KestrelServerOptions kestrel, FleetAddress address, HttpProtocols protocols, FleetOptions options)
    {
        void Configure(ListenOptions listen)
        {
            listen.Protocols = protocols;
            Strangers.Watch(listen, options.Clock);
            if (address.IsSecure)
            {
                listen.UseHttps(Encryption(options));
            }
        }
        if (address.SocketPath is { } path)
        {
            kestrel.ListenUnixSocket(path, Configure);
        }
        else if (address.Host == "localhost")
        {
            kestrel.Listen(IPAddress.Loopback, address.Port, Configure);
        }
        else if (IPAddress.TryParse(address.Host, out IPAddress? ip))
        {
            kestrel.Listen(ip, address.Port, Configure);
        }
        else
        {
            throw new ArgumentException(
                $"'{address.Host}' is a name; listening needs an address of this machine, such as 0.0.0.0 for all or 127.0.0.1 for this machine only."
            );
        }
    }

    /// <summary>Makes way for a socket: what a killed process left over goes; what is alive, or no socket at all, stays.</summary>
    /// <exception cref="IOException">The path is in use.</exception>
    public static void FreeSocket(FleetAddress address)
    {
        if (address.SocketPath is not { } path)
        {
            return;
        }
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        if (Directory.Exists(path) || new FileInfo(path) is { Exists: true, Length: > 0 })
        {
            throw new IOException($"'{path}' is no socket. Choose another address.");
        }
        using var probe = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            probe.Connect(new UnixDomainSocketEndPoint(path));
        }
        catch (SocketException)
        {
            File.Delete(path);
            return;
        }
        throw new IOException($"{address} is in use by another process. Choose another address, or stop what uses it.");
    }

    private static HttpsConnectionAdapterOptions Encryption(FleetOptions options)
    {
        var https = new HttpsConnectionAdapterOptions
        {
            ServerCertificate = X509Certificate2.CreateFromPemFile(options.CertificateFile!, options.KeyFile),
        };
        if (options.ClientAuthorityFile is { } authorityFile)
        {
            var authority = X509CertificateLoader.LoadCertificateFromFile(authorityFile);
            https.ClientCertificateMode = ClientCertificateMode.RequireCertificate;
            https.ClientCertificateValidation = (certificate, _, _) =>
                CertificateChains.IsIssuedBy(authority, certificate, CertificateChains.ClientPurpose);
        }
        return https;
    }

    /// <summary>Answers a caller without the token.</summary>
    public static void Refuse(HttpContext context)
    {
        if (context.Request.ContentType?.StartsWith("application/grpc", StringComparison.Ordinal) == true)
        {
            context.Response.ContentType = "application/grpc";
            context.Response.Headers["grpc-status"] = ((int)Grpc.Core.StatusCode.Unauthenticated).ToString(
                System.Globalization.CultureInfo.InvariantCulture
            );
        }
        else
        {
            context.Response.StatusCode = StatusCodes.Status401Unauthorized;
        }
    }

    /// <summary>Whether a header shows the token. Hashes have one length, so the comparison takes the same time whatever was sent.</summary>
    public static bool IsRight(string? authorization, string token) =>
        authorization is not null
        && CryptographicOperations.FixedTimeEquals(
            SHA256.HashData(Encoding.UTF8.GetBytes(authorization)),
            SHA256.HashData(Encoding.UTF8.GetBytes("Bearer " + token))
        );
}
