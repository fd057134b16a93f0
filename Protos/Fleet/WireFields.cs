using System.Buffers;

namespace Protos.Fleet;

/// <summary>Walks over the fields of a message without taking memory; ends with a damaged one where the bytes are no message.</summary>
internal ref struct WireFields
{
    private WireSource _source;

    /// <summary>The fields of a message.</summary>
    public WireFields(ReadOnlySequence<byte> message) => _source = new WireSource(message);

    /// <summary>The field that was read last.</summary>
    public WireField Current { get; private set; }

    /// <summary>Itself, for <c>foreach</c>.</summary>
    public readonly WireFields GetEnumerator() => this;

    /// <summary>Reads the next field.</summary>
    public bool MoveNext()
    {
        if (_source.IsAtEnd)
        {
            return false;
        }
        Current = Next();
        if (Current.IsDamaged)
        {
            _source.SkipRest();
        }
        return true;
    }

    private WireField Next()
    {
        long start = _source.Consumed;
        if (!_source.TryReadVarint(out ulong tag) || tag > uint.MaxValue)
        {
            return default;
        }
        ReadOnlySequence<byte> rest = _source.Rest;
        int kind = (int)tag & 7;
        ulong length;
        switch (kind)
        {
            case UnrollFields.Varint:
                long before = _source.Consumed;
                if (!_source.TryReadVarint(out _))
                {
                    return default;
                }
                return new WireField((int)(tag >> 3), kind, start, rest.Slice(0, _source.Consumed - before));
            case UnrollFields.Bytes:
                if (!_source.TryReadVarint(out length))
                {
                    return default;
                }
                rest = _source.Rest;
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
        if (length > (ulong)_source.Remaining)
        {
            return default;
        }
        _source.TrySkip((long)length);
        return new WireField((int)(tag >> 3), kind, start, rest.Slice(0, (long)length));
    }
}
