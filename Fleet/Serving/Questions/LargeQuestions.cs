using System.Buffers;
using System.Buffers.Binary;
using System.IO.Pipelines;
using Microsoft.AspNetCore.Http;

namespace Fleet.Serving.Questions;

/// <summary>A few places for questions that take much memory, so that many at once take no more; the others wait and are read no further.</summary>
internal sealed class LargeQuestions : IDisposable
{
    /// <summary>What a question may take without a place, in bytes of its message or of the numbers it is answered with.</summary>
    public const int SmallBytes = 64 << 10;

    private const int Places = 2;
    private const int GrpcPrefix = 5; // whether it is packed, then its length
    private static readonly TimeSpan LongestStay = TimeSpan.FromSeconds(30);

    private readonly SemaphoreSlim _places = new(Places);

    /// <summary>Waits for a place, and keeps it to the end of the call, which may last half a minute from then on.</summary>
    public async ValueTask EnterAsync(HttpContext context)
    {
        if (context.Items.ContainsKey(this))
        {
            return;
        }
        await _places.WaitAsync(context.RequestAborted).ConfigureAwait(false);
        context.Items[this] = true;
        context.Response.RegisterForDispose(new Stay(_places, context));
    }

    /// <summary>Lets a message of gRPC in when there is a place for what it says of its length, before it is read.</summary>
    /// <param name="context">The call.</param>
    /// <param name="next">What answers it.</param>
    /// <param name="limit">Length beyond which it will be refused, so that it needs no place.</param>
    public async Task MeasureAsync(HttpContext context, RequestDelegate next, int limit)
    {
        if (context.Request.ContentType?.StartsWith("application/grpc", StringComparison.Ordinal) == true)
        {
            PipeReader body = context.Request.BodyReader;
            ReadResult result = await body.ReadAtLeastAsync(GrpcPrefix, context.RequestAborted).ConfigureAwait(false);
            uint length = LengthOf(result.Buffer);
            body.AdvanceTo(result.Buffer.Start);
            if (length > SmallBytes && length <= limit)
            {
                await EnterAsync(context).ConfigureAwait(false);
            }
        }
        await next(context).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public void Dispose() => _places.Dispose();

    private static uint LengthOf(ReadOnlySequence<byte> message)
    {
        if (message.Length < GrpcPrefix)
        {
            return 0;
        }
        Span<byte> length = stackalloc byte[sizeof(uint)];
        message.Slice(1, sizeof(uint)).CopyTo(length);
        return BinaryPrimitives.ReadUInt32BigEndian(length);
    }

    private sealed class Stay : IDisposable
    {
        private readonly SemaphoreSlim _places;
        private readonly Timer _timer;

        public Stay(SemaphoreSlim places, HttpContext context)
        {
            _places = places;
            _timer = new Timer(_ => context.Abort(), null, LongestStay, Timeout.InfiniteTimeSpan);
        }

        public void Dispose()
        {
            _timer.Dispose();
            _places.Release();
        }
    }
}
