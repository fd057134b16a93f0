using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Studies.Cluster.Joining;

/// <summary>Where a silo listens, and under which address others reach it. Immutable.</summary>
/// <param name="Advertised">Address that others reach.</param>
/// <param name="Silo">Where silos connect.</param>
/// <param name="Gateway">Where studies connect.</param>
internal sealed record SiloAddresses(IPAddress Advertised, IPEndPoint Silo, IPEndPoint Gateway)
{
    /// <summary>Reads both addresses; the system chooses ports that are 0.</summary>
    /// <param name="silo">Such as <c>127.0.0.1:11111</c>; <c>0.0.0.0</c> listens at every address, and others are told that of the machine's name.</param>
    /// <param name="gateway">The same for studies.</param>
    /// <param name="options">The cluster.</param>
    /// <exception cref="ArgumentException">One is no address, or would be open to strangers.</exception>
    /// <exception cref="IOException">A port is in use.</exception>
    public static SiloAddresses Read(string silo, string gateway, ClusterOptions options)
    {
        IPEndPoint siloPoint = Parse("--silo", silo, options);
        IPEndPoint gatewayPoint = Parse("--gateway", gateway, options);
        IPAddress advertised = Equals(siloPoint.Address, IPAddress.Any) ? OwnAddress() : siloPoint.Address;
        if (!Equals(siloPoint.Address, gatewayPoint.Address))
        {
            throw new ArgumentException(
                $"--silo {silo} and --gateway {gateway} are different addresses of this machine, and a silo has one. Give both the same, with different ports."
            );
        }
        siloPoint = Claim("--silo", siloPoint, 0);
        return new SiloAddresses(advertised, siloPoint, Claim("--gateway", gatewayPoint, siloPoint.Port));
    }

    private static IPEndPoint Parse(string option, string text, ClusterOptions options)
    {
        if (
            text.LastIndexOf(':') is not (> 0 and var colon)
            || !IPAddress.TryParse(text[..colon] == "localhost" ? "127.0.0.1" : text[..colon], out IPAddress? address)
            || !ushort.TryParse(text[(colon + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out ushort port)
        )
        {
            throw new ArgumentException(
                $"{option} '{text}' is no IP address with a port. Write 127.0.0.1:11111, or 0.0.0.0:11111 for every address of this machine."
            );
        }
        return IPAddress.IsLoopback(address) || options.IsEncrypted
            ? new IPEndPoint(address, port)
            : throw new ArgumentException(
                $"{option} {text} would be open to everybody on the network. Give --certificate, --key and --ca, which 'agents certificates' makes, or listen on 127.0.0.1."
            );
    }

    // A silo tells its port before it listens, so that the system's choice has to be known here.
    private static IPEndPoint Claim(string option, IPEndPoint point, int other)
    {
        try
        {
            while (true)
            {
                using var socket = new Socket(point.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
                socket.Bind(point);
                if (((IPEndPoint)socket.LocalEndPoint!).Port is var port && port != other)
                {
                    return new IPEndPoint(point.Address, port);
                }
                if (point.Port != 0)
                {
                    throw new ArgumentException($"{option} {point} was given for two purposes. Give each a port of its own.");
                }
            }
        }
        catch (SocketException exception)
        {
            throw new IOException(
                $"{option} {point} cannot be opened: {exception.Message.TrimEnd('.')}. Choose another address, or stop what uses it.",
                exception
            );
        }
    }

    /// <summary>The address of this machine's name, as others on its network see it.</summary>
    /// <exception cref="ArgumentException">There is none.</exception>
    public static IPAddress OwnAddress()
    {
        try
        {
            IPAddress? own = Array.Find(
                Dns.GetHostAddresses(Dns.GetHostName(), AddressFamily.InterNetwork),
                address => !IPAddress.IsLoopback(address)
            );
            if (own is not null)
            {
                return own;
            }
        }
        catch (SocketException)
        {
            // Said below.
        }
        throw new ArgumentException(
            $"This machine's name, {Dns.GetHostName()}, has no address that others could be told. Give the address itself in place of 0.0.0.0."
        );
    }
}
