using System.Threading.Channels;
using Protos.Fleet;

namespace Fleet.Admission;

/// <summary>The open stream of an actor, as others see it: something to wake and to close.</summary>
internal sealed class ActorConnection(long incarnation, ulong stream, long announced)
{
    private readonly Channel<bool> _wake = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite }
    );

    /// <summary>Incarnation behind the stream.</summary>
    public long Incarnation => incarnation;

    /// <summary>Streams that the incarnation had opened before.</summary>
    public ulong Stream => stream;

    /// <summary>Number after the highest one that the incarnation had sent before the stream began, as its actor says.</summary>
    public long Announced => announced;

    /// <summary>Why the stream is to end; null while it goes on.</summary>
    public Goodbye? Goodbye { get; private set; }

    /// <summary>Whether the goodbye is on its way, so that nothing which still comes counts.</summary>
    public bool IsOver { get; set; }

    /// <summary>What the actor is told next; written anew for every message of the stream.</summary>
    public LearnerMessage Message { get; } = new() { Acknowledgement = new Acknowledgement() };

    /// <summary>Says that there is something new to tell the actor; calls before it was told count once.</summary>
    public void Wake() => _wake.Writer.TryWrite(true);

    /// <summary>Ends the stream with a reason; the first one counts.</summary>
    public void Close(Goodbye.Types.Reason reason, string detail)
    {
        Goodbye ??= new Goodbye { Reason = reason, Detail = detail };
        Wake();
    }

    /// <summary>Waits for <see cref="Wake"/>; read what is new only after it, so that no call is missed.</summary>
    public ValueTask<bool> WaitAsync(CancellationToken cancellationToken) => _wake.Reader.ReadAsync(cancellationToken);
}
