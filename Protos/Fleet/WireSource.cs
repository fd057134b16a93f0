using System.Buffers;
using K4os.Compression.LZ4;

namespace Protos.Fleet;

/// <summary>The bytes of a message, taken one after the other without taking memory; nothing that lies in them is believed.</summary>
/// <param name="message">The message.</param>
internal ref struct WireSource(ReadOnlySequence<byte> message)
{
    private SequenceReader<byte> _reader = new(message);

    /// <summary>Whether all were taken.</summary>
    public readonly bool IsAtEnd => _reader.End;

    /// <summary>Bytes that were taken.</summary>
    public readonly long Consumed => _reader.Consumed;

    /// <summary>Bytes that are left.</summary>
    public readonly long Remaining => _reader.Remaining;

    /// <summary>The bytes that are left.</summary>
    public readonly ReadOnlySequence<byte> Rest => _reader.UnreadSequence;

    /// <summary>Takes an integer of seven bits a byte, the lowest first.</summary>
    /// <returns>False where it is cut off, or longer than 64 bits.</returns>
    public bool TryReadVarint(out ulong value)
    {
        value = 0;
        for (int shift = 0; shift < 64; shift += 7)
        {
            if (!_reader.TryRead(out byte part))
            {
                return false;
            }
            value |= (ulong)(part & 0x7F) << shift;
            if (part < 0x80)
            {
                return true;
            }
        }
        return false;
    }

    /// <summary>Takes bytes that nobody reads.</summary>
    /// <returns>False where there are not so many; then nothing is taken.</returns>
    public bool TrySkip(long length)
    {
        if (_reader.Remaining < length)
        {
            return false;
        }
        _reader.Advance(length);
        return true;
    }

    /// <summary>Takes all that is left.</summary>
    public void SkipRest() => _reader.AdvanceToEnd();

    /// <summary>Takes bytes, of which there are enough.</summary>
    public void Copy(scoped Span<byte> destination)
    {
        _reader.TryCopyTo(destination);
        _reader.Advance(destination.Length);
    }

    /// <summary>Takes a block of LZ4, of which there are bytes enough.</summary>
    /// <param name="length">Its bytes as they lie here.</param>
    /// <param name="destination">Receives what was packed.</param>
    /// <returns>Whether as many bytes were packed as the destination holds.</returns>
    public bool TryUnpack(int length, scoped Span<byte> destination)
    {
        ReadOnlySequence<byte> packed = _reader.UnreadSequence.Slice(0, length);
        _reader.Advance(length);
        if (packed.IsSingleSegment)
        {
            return Decode(packed.FirstSpan, destination) == destination.Length;
        }
        byte[] joined = ArrayPool<byte>.Shared.Rent(length);
        packed.CopyTo(joined);
        int written = Decode(joined.AsSpan(0, length), destination);
        ArrayPool<byte>.Shared.Return(joined);
        return written == destination.Length;
    }

    private static int Decode(scoped ReadOnlySpan<byte> packed, scoped Span<byte> destination) =>
        packed.IsEmpty ? 0 : LZ4Codec.Decode(packed, destination);
}
