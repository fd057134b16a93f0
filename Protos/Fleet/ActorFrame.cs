namespace Protos.Fleet;

/// <summary>An <c>ActorMessage</c> outside of the wire: exactly one of its three parts is set.</summary>
internal sealed class ActorFrame
{
    /// <summary>The first message of a stream.</summary>
    public Hello? Hello { get; set; }

    /// <summary>An unroll; the reader of a stream gives it back to the pool.</summary>
    public Unroll? Unroll { get; set; }

    /// <summary>Why a received message is neither.</summary>
    public string? Defect { get; init; }

    /// <summary>Bytes of the message.</summary>
    public long Bytes { get; init; }
}
