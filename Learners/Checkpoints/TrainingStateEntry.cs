using MessagePack;

namespace Learners.Checkpoints;

/// <summary>One array of the training state.</summary>
[MessagePackObject]
internal sealed class TrainingStateEntry
{
    /// <summary>Element type, such as <c>Single</c>.</summary>
    [Key(0)]
    public string Type { get; set; } = "";

    /// <summary>Elements, little-endian.</summary>
    [Key(1)]
    public byte[] Bytes { get; set; } = [];
}
