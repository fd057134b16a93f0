using System.Net;
using Fleet.Telemetry;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;

namespace Fleet.Hosting;

/// <summary>Listeners that hang up on who comes when a port is full.</summary>
/// <remarks>
/// Kestrel has a limit of its own, but takes a connection in before another thread counts it: many callers at once use up the descriptors
/// meanwhile. Here the next one is accepted only after the last one was counted.
/// </remarks>
/// <param name="sockets">Makes the listeners.</param>
/// <param name="limit">Connections that each of them may hold.</param>
/// <param name="log">Receives that a port is full.</param>
internal sealed class LimitedListeners(IConnectionListenerFactory sockets, int limit, ILogger log) : IConnectionListenerFactory
{
    /// <inheritdoc/>
    public async ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default) =>
        new Listener(await sockets.BindAsync(endpoint, cancellationToken).ConfigureAwait(false), limit, log);

    private sealed class Listener(IConnectionListener sockets, int limit, ILogger log) : IConnectionListener
    {
        private int _open;
        private bool _told;

        public EndPoint EndPoint => sockets.EndPoint;

        public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default)
        {
            while (await sockets.AcceptAsync(cancellationToken).ConfigureAwait(false) is { } connection)
            {
                if (Volatile.Read(ref _open) < limit)
                {
                    Interlocked.Increment(ref _open);
                    connection.ConnectionClosed.UnsafeRegister(_ => Interlocked.Decrement(ref _open), null);
                    _told &= _open > limit / 2;
                    return connection;
                }
                await connection.DisposeAsync().ConfigureAwait(false);
                if (!_told)
                {
                    _told = true;
                    FleetLog.Full(log, EndPoint.ToString() ?? "", limit, ConnectionBudget.Limit());
                }
            }
            return null;
        }

        public ValueTask UnbindAsync(CancellationToken cancellationToken = default) => sockets.UnbindAsync(cancellationToken);

        public ValueTask DisposeAsync() => sockets.DisposeAsync();
    }
}
