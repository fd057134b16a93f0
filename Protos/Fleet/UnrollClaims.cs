namespace Protos.Fleet;

/// <summary>What an <c>UnrollMessage</c> says about itself before its arrays come: their sizes, and when they were recorded.</summary>
internal struct UnrollClaims
{
    private const int MaxEpisodes = 1 << 20;

    private long _sequenceNumber;
    private long _parameterVersion;
    private int _steps;
    private int _frameSize;
    private int _frames;
    private int _agentIndex;
    private bool _isRaw;

    /// <summary>Environment copies.</summary>
    public int Copies { get; private set; }

    /// <summary>Floats of an action.</summary>
    public int ActionSize { get; private set; }

    /// <summary>Floats of a core state.</summary>
    public int CoreStateSize { get; private set; }

    /// <summary>Episodes whose scores come with it.</summary>
    public int Episodes { get; private set; }

    /// <summary>Whether frames are bytes, and not floats.</summary>
    public bool IsBytes { get; private set; }

    /// <summary>Whether frames are packed by LZ4.</summary>
    public bool IsPacked { get; private set; }

    /// <summary>Shape of the unroll.</summary>
    public readonly UnrollShape Shape =>
        new(_steps, Copies, new ObservationFormat(_frameSize, _frames, IsBytes), ActionSize, CoreStateSize);

    /// <summary>Header of the unroll, without actor, incarnation and environment, which others know.</summary>
    public readonly UnrollHeader Header =>
        new("", 0, _sequenceNumber, _parameterVersion, "") { HasRawObservations = _isRaw, AgentIndex = _agentIndex };

    /// <summary>Takes in one field.</summary>
    /// <param name="field">Its number; those of a newer version are passed over.</param>
    /// <param name="value">Its value.</param>
    /// <returns>What is wrong with it; null where nothing is.</returns>
    public string? Read(int field, ulong value)
    {
        string? defect = null;
        switch (field)
        {
            case UnrollFields.SequenceNumber:
                _sequenceNumber = (long)value;
                break;
            case UnrollFields.ParameterVersion:
                _parameterVersion = (long)value;
                break;
            case UnrollFields.Steps:
                _steps = Size(field, value, ref defect);
                break;
            case UnrollFields.Copies:
                Copies = Size(field, value, ref defect);
                break;
            case UnrollFields.FrameSize:
                _frameSize = Size(field, value, ref defect);
                break;
            case UnrollFields.Frames:
                _frames = Size(field, value, ref defect);
                break;
            case UnrollFields.ByteFrames:
                IsBytes = value != 0;
                break;
            case UnrollFields.ActionSize:
                ActionSize = Size(field, value, ref defect);
                break;
            case UnrollFields.CoreStateSize:
                CoreStateSize = Size(field, value, ref defect);
                break;
            case UnrollFields.Episodes:
                Episodes = Size(field, value, ref defect);
                break;
            case UnrollFields.Compressed:
                IsPacked = value != 0;
                break;
            case UnrollFields.RawObservations:
                _isRaw = value != 0;
                break;
            case UnrollFields.AgentIndex:
                _agentIndex = Size(field, value, ref defect);
                break;
            default:
                break; // of a newer version
        }
        return defect;
    }

    /// <summary>Why no unroll can be so; null where one can.</summary>
    public readonly string? Defect()
    {
        if (_sequenceNumber < 0 || _parameterVersion < 0 || _steps < 1 || Copies < 1 || _frameSize < 1 || _frames < 1)
        {
            return "its sizes are missing or negative";
        }
        return Episodes > MaxEpisodes || Episodes > (long)_steps * Copies
            ? $"it claims {Episodes} episodes in {_steps} steps of {Copies} copies"
            : null;
    }

    private static int Size(int field, ulong value, ref string? defect)
    {
        if (value > int.MaxValue)
        {
            defect = $"its field {field} is {value}";
            return 0;
        }
        return (int)value;
    }
}
