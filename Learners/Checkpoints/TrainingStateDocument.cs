using MessagePack;

namespace Learners.Checkpoints;

/// <summary>The contents of <c>state.msgpack</c>: named arrays with their element types.</summary>
[MessagePackObject]
internal sealed class TrainingStateDocument
{
    /// <summary>Version of this format.</summary>
    public const int CurrentVersion = 1;

    /// <summary>Version the file was written with.</summary>
    [Key(0)]
    public int Version { get; set; } = CurrentVersion;

    /// <summary>Arrays by name.</summary>
    [Key(1)]
    public Dictionary<string, TrainingStateEntry> Entries { get; set; } = [];
}
