namespace Agents.Networks.Managed;

/// <summary>How rows form sequences, for networks with a core.</summary>
internal readonly ref struct SequenceState
{
    /// <summary>Rows of T steps and B copies.</summary>
    /// <param name="steps">T.</param>
    /// <param name="episodeStarts"><c>[T, B]</c>: the core state is zero before that row.</param>
    /// <param name="coreState"><c>[B, CoreStateSize]</c>: before step 0 on entry, after the last step on return.</param>
    public SequenceState(int steps, ReadOnlySpan<bool> episodeStarts, Span<float> coreState)
    {
        Steps = steps;
        EpisodeStarts = episodeStarts;
        CoreState = coreState;
    }

    /// <summary>T.</summary>
    public int Steps { get; }

    /// <summary><c>[T, B]</c>.</summary>
    public ReadOnlySpan<bool> EpisodeStarts { get; }

    /// <summary><c>[B, CoreStateSize]</c>, of which a core uses a part.</summary>
    public Span<float> CoreState { get; }

    /// <summary>Whether a backward pass follows. A transformer then reads the core state but leaves it as it is.</summary>
    public bool ForGradient { get; init; }

    /// <summary>First float of the core's own part within a row's state.</summary>
    public int Offset { get; init; }
}
