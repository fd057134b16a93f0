namespace Protos.Fleet;

/// <summary>Field numbers of <c>UnrollMessage</c>, which is written and read by hand so that arrays cross without copies in between.</summary>
internal static class UnrollFields
{
    public const int SequenceNumber = 1;
    public const int ParameterVersion = 2;
    public const int Steps = 3;
    public const int Copies = 4;
    public const int FrameSize = 5;
    public const int Frames = 6;
    public const int ByteFrames = 7;
    public const int ActionSize = 8;
    public const int CoreStateSize = 9;
    public const int Episodes = 10;
    public const int Compressed = 11;
    public const int RawObservations = 12;
    public const int AgentIndex = 13;
    public const int FramesData = 16;
    public const int Actions = 17;
    public const int Rewards = 18;
    public const int Ends = 19;
    public const int BehaviourLogProbs = 20;
    public const int EpisodeStarts = 21;
    public const int InitialCoreState = 22;
    public const int FinalFrames = 23;
    public const int EpisodeReturns = 24;
    public const int EpisodeLengths = 25;
    public const int ObservationMoments = 26;

    /// <summary>Wire type of integers.</summary>
    public const int Varint = 0;

    /// <summary>Wire type of bytes and messages.</summary>
    public const int Bytes = 2;

    /// <summary>Wire type of fixed64 and double.</summary>
    public const int EightBytes = 1;

    /// <summary>Wire type of fixed32 and float.</summary>
    public const int FourBytes = 5;

    /// <summary>Bit of <c>ends</c>: the task ended.</summary>
    public const byte Terminated = 1;

    /// <summary>Bit of <c>ends</c>: the episode was cut off.</summary>
    public const byte Truncated = 2;
}
