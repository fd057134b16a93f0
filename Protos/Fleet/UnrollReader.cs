using System.Buffers;

namespace Protos.Fleet;

/// <summary>Reads <c>UnrollMessage</c> straight into the arrays of a pooled unroll, believing nothing that it says about itself.</summary>
/// <remarks>
/// Bytes from a stranger never throw and never take memory for more than one unroll of a wanted shape: whatever is wrong comes back as one line.
/// </remarks>
internal ref struct UnrollReader
{
    private readonly UnrollPool _pool;
    private WireSource _source;
    private UnrollClaims _claims;
    private UnrollArrays _arrays;
    private Unroll? _unroll;
    private string? _defect;

    private UnrollReader(ReadOnlySequence<byte> message, UnrollPool pool)
    {
        _source = new WireSource(message);
        _pool = pool;
    }

    /// <summary>Reads one message.</summary>
    /// <param name="message">Its bytes.</param>
    /// <param name="pool">Where the unroll comes from; the caller gives it back.</param>
    /// <param name="defect">What is wrong with it, where it is no unroll.</param>
    /// <returns>The unroll, whose header lacks actor, incarnation and environment, which others know; null where it is none.</returns>
    public static Unroll? Read(ReadOnlySequence<byte> message, UnrollPool pool, out string? defect)
    {
        var reader = new UnrollReader(message, pool);
        reader.ReadFields();
        reader.Finish();
        defect = reader._defect;
        if (defect is null)
        {
            return reader._unroll;
        }
        if (reader._unroll is not null)
        {
            pool.Return(reader._unroll);
        }
        return null;
    }

    private void ReadFields()
    {
        while (_defect is null && !_source.IsAtEnd)
        {
            if (!_source.TryReadVarint(out ulong tag) || tag > uint.MaxValue)
            {
                _defect = "its field tags are damaged";
                return;
            }
            int field = (int)(tag >> 3);
            switch ((int)tag & 7)
            {
                case UnrollFields.Varint:
                    if (_source.TryReadVarint(out ulong value))
                    {
                        ReadScalar(field, value);
                    }
                    else
                    {
                        _defect = $"its field {field} is cut off";
                    }
                    break;
                case UnrollFields.Bytes:
                    if (_source.TryReadVarint(out ulong length) && length <= (ulong)_source.Remaining)
                    {
                        ReadArray(field, (int)length);
                    }
                    else
                    {
                        _defect = $"its field {field} claims more bytes than there are";
                    }
                    break;
                case UnrollFields.EightBytes:
                    Skip(sizeof(ulong));
                    break;
                case UnrollFields.FourBytes:
                    Skip(sizeof(uint));
                    break;
                default:
                    _defect = $"its field {field} is of an unknown kind";
                    break;
            }
        }
    }

    private void ReadScalar(int field, ulong value)
    {
        if (_unroll is null)
        {
            _defect = _claims.Read(field, value);
        }
        else if (field < UnrollFields.FramesData)
        {
            // Sizes that change after memory was taken for them: only a liar sends these.
            _defect = $"its field {field} comes after its arrays";
        }
    }

    private void ReadArray(int field, int length)
    {
        if (field is < UnrollFields.FramesData or > UnrollFields.ObservationMoments)
        {
            Skip(length); // of a newer version
            return;
        }
        if (_unroll is null)
        {
            TakeUnroll();
        }
        _defect ??= _arrays.Read(field, length, ref _source);
    }

    private void TakeUnroll()
    {
        _defect = _claims.Defect() ?? _pool.Refusal(_claims.Shape);
        if (_defect is null)
        {
            _unroll = _pool.Rent(_claims.Shape);
            _unroll.Clear();
            _arrays = new UnrollArrays(_unroll, _claims);
        }
    }

    private void Finish()
    {
        if (_defect is null && _unroll is null)
        {
            _defect = "it holds no arrays";
        }
        _defect ??= _arrays.Defect();
        if (_defect is null)
        {
            _unroll!.Header = _claims.Header;
        }
    }

    private void Skip(int length)
    {
        if (!_source.TrySkip(length))
        {
            _defect = "its last field is cut off";
        }
    }
}
