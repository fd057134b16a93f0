using System.Buffers;

namespace Protos.Fleet;

/// <summary>A field of a message as it lies on the wire.</summary>
/// <param name="Number">Its number; 0 where the message is damaged from here on.</param>
/// <param name="Kind">Its wire type.</param>
/// <param name="Start">Where its tag begins, in bytes from the beginning of the message.</param>
/// <param name="Content">Its bytes without tag and length.</param>
internal readonly record struct WireField(int Number, int Kind, long Start, ReadOnlySequence<byte> Content)
{
    /// <summary>Whether what begins here is no field.</summary>
    public bool IsDamaged => Number == 0;
}
