using Environments.Wrappers;

namespace Learners.Evaluation;

/// <summary>A film and what is to be seen in it.</summary>
public sealed record RecordingResult
{
    /// <summary>The file.</summary>
    public required string Path { get; init; }

    /// <summary>Pictures in it: the start of every episode and one per step.</summary>
    public required int Frames { get; init; }

    /// <summary>Pixels per row.</summary>
    public required int Width { get; init; }

    /// <summary>Rows.</summary>
    public required int Height { get; init; }

    /// <summary>Pictures per second.</summary>
    public required double FramesPerSecond { get; init; }

    /// <summary>The episodes that were played to their end.</summary>
    public required IReadOnlyList<EpisodeResult> Episodes { get; init; }
}
