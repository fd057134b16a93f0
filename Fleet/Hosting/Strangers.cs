using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Fleet.Hosting;

/// <summary>Closes connections from which nobody has called who may, so that those who only knock do not add up.</summary>
internal static class Strangers
{
    /// <summary>How long a connection may stay open before its first call that is let in; encryption's greetings count.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    /// <summary>Watches every connection of an address; goes before encryption.</summary>
    public static void Watch(ListenOptions listen, TimeProvider clock) =>
        listen.Use(next =>
            async connection =>
            {
                var visitor = new Visitor();
                connection.Features.Set(visitor);
                await using ITimer timer = clock.CreateTimer(
                    _ =>
                    {
                        if (!visitor.IsKnown)
                        {
                            connection.Abort(new ConnectionAbortedException("Nobody called who may."));
                        }
                    },
                    null,
                    Patience,
                    Timeout.InfiniteTimeSpan
                );
                await next(connection).ConfigureAwait(false);
            }
        );

    /// <summary>Notes that a call was let in: its connection may stay.</summary>
    public static void LetIn(HttpContext context)
    {
        if (context.Features.Get<Visitor>() is { } visitor)
        {
            visitor.IsKnown = true;
        }
    }

    private sealed class Visitor
    {
        private volatile bool _isKnown;

        public bool IsKnown
        {
            get => _isKnown;
            set => _isKnown = value;
        }
    }
}
