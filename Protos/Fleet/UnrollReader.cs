using System.Buffers;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using K4os.Compression.LZ4;

namespace Protos.Fleet;

/// <summary>Reads <c>UnrollMessage</c> straight into the arrays of a pooled unroll, believing nothing that it says about itself.</summary>
/// <remarks>
/// Bytes from a stranger never throw and never take memory for more than one unroll of a wanted shape: whatever is wrong comes back as one line.
/// </remarks>
internal ref partial struct UnrollReader
{
    private const int MaxEpisodes = 1 << 20;

    private readonly UnrollPool _pool;
    private SequenceReader<byte> _reader;
    private Unroll? _unroll;
    private string? _defect;
    private uint _seen;
    private long _sequenceNumber;
    private long _parameterVersion;
    private int _steps;
    private int _copies;
    private int _frameSize;
    private int _frames;
    private int _actionSize;
    private int _coreStateSize;
    private int _episodes;
    private bool _isBytes;
    private bool _isPacked;
    private bool _isRaw;
    private int _agentIndex;
    private int _finals;

    private UnrollReader(ReadOnlySequence<byte> message, UnrollPool pool)
    {
        _reader = new SequenceReader<byte>(message);
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
        while (_defect is null && !_reader.End)
        {
            if (!TryReadVarint(out ulong tag) || tag > uint.MaxValue)
            {
                _defect ??= "its field tags are damaged";
                return;
            }
            int field = (int)(tag >> 3);
            switch ((int)tag & 7)
            {
                case UnrollFields.Varint:
                    if (TryReadVarint(out ulong value))
                    {
                        ReadScalar(field, value);
                    }
                    else
                    {
                        _defect = $"its field {field} is cut off";
                    }
                    break;
                case UnrollFields.Bytes:
                    if (TryReadVarint(out ulong length) && length <= (ulong)_reader.Remaining)
                    {
                        ReadArray(field, (int)length);
                    }
                    else
                    {
                        _defect ??= $"its field {field} claims more bytes than there are";
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
        if (_unroll is not null)
        {
            // Sizes that change after memory was taken for them: only a liar sends these.
            _defect = field < UnrollFields.FramesData ? $"its field {field} comes after its arrays" : null;
            return;
        }
        switch (field)
        {
            case UnrollFields.SequenceNumber:
                _sequenceNumber = (long)value;
                break;
            case UnrollFields.ParameterVersion:
                _parameterVersion = (long)value;
                break;
            case UnrollFields.Steps:
                _steps = Size(field, value);
                break;
            case UnrollFields.Copies:
                _copies = Size(field, value);
                break;
            case UnrollFields.FrameSize:
                _frameSize = Size(field, value);
                break;
            case UnrollFields.Frames:
                _frames = Size(field, value);
                break;
            case UnrollFields.ByteFrames:
                _isBytes = value != 0;
                break;
            case UnrollFields.ActionSize:
                _actionSize = Size(field, value);
                break;
            case UnrollFields.CoreStateSize:
                _coreStateSize = Size(field, value);
                break;
            case UnrollFields.Episodes:
                _episodes = Size(field, value);
                break;
            case UnrollFields.Compressed:
                _isPacked = value != 0;
                break;
            case UnrollFields.RawObservations:
                _isRaw = value != 0;
                break;
            case UnrollFields.AgentIndex:
                _agentIndex = Size(field, value);
                break;
            default:
                break; // of a newer version
        }
    }

    private int Size(int field, ulong value)
    {
        if (value > int.MaxValue)
        {
            _defect = $"its field {field} is {value}";
            return 0;
        }
        return (int)value;
    }

    private void ReadArray(int field, int length)
    {
        if (field is < UnrollFields.FramesData or > UnrollFields.ObservationMoments)
        {
            Skip(length); // of a newer version
            return;
        }
        if (_unroll is null && !TakeUnroll())
        {
            return;
        }
        uint bit = 1u << (field - UnrollFields.FramesData);
        if ((_seen & bit) != 0)
        {
            _defect = $"its field {field} comes twice";
            return;
        }
        _seen |= bit;
        Unroll unroll = _unroll!;
        switch (field)
        {
            case UnrollFields.FramesData:
                ReadFrames(field, length, unroll.Observations.Bytes);
                break;
            case UnrollFields.Actions:
                ReadFloats(field, length, unroll.Actions);
                break;
            case UnrollFields.Rewards:
                ReadFloats(field, length, unroll.Rewards);
                break;
            case UnrollFields.Ends:
                ReadEnds(field, length, unroll);
                break;
            case UnrollFields.BehaviourLogProbs:
                ReadFloats(field, length, unroll.BehaviourLogProbs);
                break;
            case UnrollFields.EpisodeStarts:
                ReadExactly(field, length, MemoryMarshal.AsBytes(unroll.EpisodeStarts.AsSpan()));
                break;
            case UnrollFields.InitialCoreState:
                ReadFloats(field, length, unroll.InitialCoreState);
                break;
            case UnrollFields.FinalFrames:
                ReadFinalFrames(field, length, unroll);
                break;
            case UnrollFields.EpisodeReturns:
            case UnrollFields.EpisodeLengths:
                ReadEpisodes(field, length, unroll);
                break;
            default:
                ReadMoments(field, length, unroll);
                break;
        }
    }

    private bool TakeUnroll()
    {
        if (_sequenceNumber < 0 || _parameterVersion < 0 || _steps < 1 || _copies < 1 || _frameSize < 1 || _frames < 1)
        {
            _defect = "its sizes are missing or negative";
            return false;
        }
        if (_episodes > MaxEpisodes || _episodes > (long)_steps * _copies)
        {
            _defect = $"it claims {_episodes} episodes in {_steps} steps of {_copies} copies";
            return false;
        }
        var shape = new UnrollShape(
            _steps,
            _copies,
            new ObservationFormat(_frameSize, _frames, _isBytes),
            _actionSize,
            _coreStateSize
        );
        if (_pool.Refusal(shape) is { } refusal)
        {
            _defect = refusal;
            return false;
        }
        _unroll = _pool.Rent(shape);
        _unroll.Clear();
        return true;
    }

    private void Finish()
    {
        if (_defect is not null)
        {
            return;
        }
        if (_unroll is null)
        {
            _defect = "it holds no arrays";
            return;
        }
        for (int field = UnrollFields.FramesData; field <= UnrollFields.EpisodeLengths; field++)
        {
            bool mayBeEmpty = field switch
            {
                UnrollFields.Actions => _actionSize == 0,
                UnrollFields.InitialCoreState => _coreStateSize == 0,
                UnrollFields.FinalFrames => _finals == 0,
                UnrollFields.EpisodeReturns or UnrollFields.EpisodeLengths => _episodes == 0,
                _ => false,
            };
            if (!mayBeEmpty && !Has(field))
            {
                _defect = $"{NameOf(field)} is missing";
                return;
            }
        }
        ReadOnlySpan<byte> starts = MemoryMarshal.AsBytes(_unroll.EpisodeStarts.AsSpan());
        for (int i = 0; i < starts.Length; i++)
        {
            bool ended = i >= _copies && (_unroll.Terminated[i - _copies] | _unroll.Truncated[i - _copies]);
            if (starts[i] > 1 || (i >= _copies && starts[i] != (ended ? 1 : 0)))
            {
                _defect = $"its episodes do not start where they ended (row {i})";
                return;
            }
        }
        _unroll.Header = new UnrollHeader("", 0, _sequenceNumber, _parameterVersion, "")
        {
            HasRawObservations = _isRaw,
            AgentIndex = _agentIndex,
        };
    }

    private readonly bool Has(int field) => (_seen & 1u << (field - UnrollFields.FramesData)) != 0;

    private bool ReadExactly(int field, int length, Span<byte> destination)
    {
        if (length != destination.Length)
        {
            _defect = $"{NameOf(field)} has {length} bytes where {destination.Length} belong";
            return false;
        }
        Copy(destination);
        return true;
    }

    private bool Unpack(int field, int length, Span<byte> destination)
    {
        ReadOnlySequence<byte> packed = _reader.UnreadSequence.Slice(0, length);
        _reader.Advance(length);
        int written;
        if (packed.IsSingleSegment)
        {
            written = Decode(packed.FirstSpan, destination);
        }
        else
        {
            byte[] joined = ArrayPool<byte>.Shared.Rent(length);
            packed.CopyTo(joined);
            written = Decode(joined.AsSpan(0, length), destination);
            ArrayPool<byte>.Shared.Return(joined);
        }
        if (written != destination.Length)
        {
            _defect = $"{NameOf(field)} is no LZ4 block of {destination.Length} bytes";
        }
        return written == destination.Length;
    }

    private static int Decode(ReadOnlySpan<byte> packed, Span<byte> destination) =>
        packed.IsEmpty ? 0 : LZ4Codec.Decode(packed, destination);

    private void Copy(scoped Span<byte> destination)
    {
        _reader.TryCopyTo(destination);
        _reader.Advance(destination.Length);
    }

    private void Skip(int length)
    {
        if (_reader.Remaining < length)
        {
            _defect = "its last field is cut off";
            return;
        }
        _reader.Advance(length);
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

    private static bool AreFinite(ReadOnlySpan<float> values) => values.IsEmpty || TensorPrimitives.IsFiniteAll(values);

    private static string NameOf(int field) =>
        field switch
        {
            UnrollFields.FramesData => "frames_data",
            UnrollFields.Actions => "actions",
            UnrollFields.Rewards => "rewards",
            UnrollFields.Ends => "ends",
            UnrollFields.BehaviourLogProbs => "behaviour_log_probs",
            UnrollFields.EpisodeStarts => "episode_starts",
            UnrollFields.InitialCoreState => "initial_core_state",
            UnrollFields.FinalFrames => "final_frames",
            UnrollFields.EpisodeReturns => "episode_returns",
            UnrollFields.EpisodeLengths => "episode_lengths",
            _ => "observation_moments",
        };
}
