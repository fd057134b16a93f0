using System.Buffers;

namespace Protos.Fleet;

/// <summary>Walks over the fields of a message without taking memory; ends with a damaged one where the bytes are no message.</summary>
internal ref struct WireFields
{
    private SequenceReader<byte> _reader;

    /// <summary>The fields of a message.</summary>
    public WireFields(ReadOnlySequence<byte> message) => _reader = new SequenceReader<byte>(message);

    /// <summary>The field that was read last.</summary>
    public WireField Current { get; private set; }

    /// <summary>Itself, for <c>foreach</c>.</summary>
    public readonly WireFields GetEnumerator() => this;

    /// <summary>Reads the next field.</summary>
    public bool MoveNext()
    {
        if (_reader.End)
        {
            return false;
        }
        Current = Next();
        if (Current.IsDamaged)
        {
            _reader.AdvanceToEnd();
        }
        return true;
    }

    private WireField Next()
    {
        long start = _reader.Consumed;
        if (!TryReadVarint(out ulong tag) || tag > uint.MaxValue)
        {
            return default;
        }
        ReadOnlySequence<byte> rest = _reader.UnreadSequence;
        int kind = (int)tag & 7;
        ulong length;
        switch (kind)
        {
            case UnrollFields.Varint:
                long before = _reader.Consumed;
                if (!TryReadVarint(out _))
                {
                    return default;
                }
                return new WireField((int)(tag >> 3), kind, start, rest.Slice(0, _reader.Consumed - before));
            case UnrollFields.Bytes:
                if (!TryReadVarint(out length))
                {
                    return default;
                }
                rest = _reader.UnreadSequence;
                break;
            case UnrollFields.EightBytes:
                length = sizeof(ulong);
                break;
            case UnrollFields.FourBytes:
                length = sizeof(uint);
                break;
            default:
                return default;
        }
        if (length > (ulong)_reader.Remaining)
        {
            return default;
        }
        _reader.Advance((long)length);
        return new WireField((int)(tag >> 3), kind, start, rest.Slice(0, (long)length));
    }

    private bool TryReadVarint(out ulong value)
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
}
