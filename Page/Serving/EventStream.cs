using System.Text.Json;
using System.Threading.Channels;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Page.Runs;

namespace Page.Serving;

/// <summary>Tells a browser what is new as it happens, as server-sent events.</summary>
internal static class EventStream
{
    // Some networks forget connections on which nothing is said; and a browser that went away is noticed.
    private static readonly TimeSpan Pulse = TimeSpan.FromSeconds(20);

    /// <summary>Writes changes until the browser goes away or is too slow.</summary>
    public static async Task WriteAsync(HttpContext context, RunWatch watch)
    {
        if (watch.Watch() is not { } changes)
        {
            await JsonText
                .RefuseAsync(
                    context,
                    StatusCodes.Status503ServiceUnavailable,
                    "Too many windows watch the runs. Close those that are not needed."
                )
                .ConfigureAwait(false);
            return;
        }
        try
        {
            context.Response.ContentType = "text/event-stream";
            context.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
            await SayAsync(context, ": watching\n\n"u8.ToArray()).ConfigureAwait(false);
            await FollowAsync(context, changes, watch.Clock).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // The browser went away, or the page closes.
        }
        finally
        {
            watch.Leave(changes);
        }
    }

    private static async Task FollowAsync(HttpContext context, ChannelReader<RunChanges> changes, TimeProvider clock)
    {
        Task<bool> more = changes.WaitToReadAsync(context.RequestAborted).AsTask();
        while (true)
        {
            if (await Task.WhenAny(more, Task.Delay(Pulse, clock, context.RequestAborted)).ConfigureAwait(false) != more)
            {
                context.RequestAborted.ThrowIfCancellationRequested();
                await SayAsync(context, ": still here\n\n"u8.ToArray()).ConfigureAwait(false);
                continue;
            }
            if (!await more.ConfigureAwait(false))
            {
                return;
            }
            while (changes.TryRead(out RunChanges? change))
            {
                await SayAsync(context, "event: runs\ndata: "u8.ToArray()).ConfigureAwait(false);
                await SayAsync(context, JsonText.Of(writer => Write(writer, change))).ConfigureAwait(false);
                await SayAsync(context, "\n\n"u8.ToArray()).ConfigureAwait(false);
            }
            more = changes.WaitToReadAsync(context.RequestAborted).AsTask();
        }
    }

    private static void Write(Utf8JsonWriter writer, RunChanges changes)
    {
        writer.WriteStartObject();
        writer.WritePropertyName("changed");
        JsonText.Runs(writer, changes.Changed);
        JsonText.Strings(writer, "removed", changes.Removed);
        writer.WriteEndObject();
    }

    private static async Task SayAsync(HttpContext context, ReadOnlyMemory<byte> text)
    {
        await context.Response.Body.WriteAsync(text, context.RequestAborted).ConfigureAwait(false);
        await context.Response.Body.FlushAsync(context.RequestAborted).ConfigureAwait(false);
    }
}
