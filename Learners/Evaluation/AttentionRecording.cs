namespace Learners.Evaluation;

/// <summary>What a transformer looked at in one episode, step by step.</summary>
public sealed record AttentionRecording
{
    /// <summary>Layers, L.</summary>
    public required int Layers { get; init; }

    /// <summary>Heads per layer, H.</summary>
    public required int Heads { get; init; }

    /// <summary>Earlier steps that a step can see, M.</summary>
    public required int MemoryLength { get; init; }

    /// <summary>Steps that were recorded, T.</summary>
    public required int Steps { get; init; }

    /// <summary>Sum of the rewards of the recorded steps.</summary>
    public required double Return { get; init; }

    /// <summary>Share of its attention that step t gave step s, <c>[L, H, T, T]</c>; a row sums to 1 and is 0 behind t.</summary>
    public required IReadOnlyList<float> Weights { get; init; }

    /// <summary>Share of its attention that step <paramref name="query"/> gave step <paramref name="attended"/>, both from 0.</summary>
    public float this[int layer, int head, int query, int attended] =>
        Weights[((layer * Heads + head) * Steps + query) * Steps + attended];
}
