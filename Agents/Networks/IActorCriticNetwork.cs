namespace Agents.Networks;

/// <summary>A network that acts and evaluates on plain arrays, whatever engine computes it. Not thread-safe; one without a policy gives heads alone.</summary>
internal interface IActorCriticNetwork : IDisposable
{
    /// <summary>What the network is.</summary>
    NetworkSpec Spec { get; }

    /// <summary>Takes a copy of new parameters.</summary>
    /// <param name="parameters">A flat buffer in the order of <see cref="ParameterLayout"/>.</param>
    void LoadParameters(ReadOnlySpan<float> parameters);

    /// <summary>Runs T steps of B rows through encoder, core and heads. Acting is T = 1.</summary>
    /// <param name="steps">T.</param>
    /// <param name="observations"><c>[T, B, ObservationSize]</c>.</param>
    /// <param name="episodeStarts"><c>[T, B]</c>: the observation begins an episode, so the core state is reset before it.</param>
    /// <param name="coreState"><c>[B, CoreStateSize]</c>: before step 0 on entry, after the last step on return.</param>
    /// <param name="distributions">Destination, <c>[T, B, P]</c>: parameters of the action distribution.</param>
    /// <param name="values">Destination, <c>[T, B]</c>; empty to leave the critic out.</param>
    void Unroll(
        int steps,
        ReadOnlySpan<float> observations,
        ReadOnlySpan<bool> episodeStarts,
        Span<float> coreState,
        Span<float> distributions,
        Span<float> values
    );

    /// <summary>Runs T steps of B rows and gives what heads say, of a network with a policy or without one.</summary>
    /// <param name="steps">T.</param>
    /// <param name="observations"><c>[T, B, ObservationSize]</c>.</param>
    /// <param name="episodeStarts"><c>[T, B]</c>: the observation begins an episode, so the core state is reset before it.</param>
    /// <param name="coreState"><c>[B, CoreStateSize]</c>: before step 0 on entry, after the last step on return.</param>
    /// <param name="heads">Heads to give, with their destinations; others are left out.</param>
    /// <exception cref="InvalidOperationException">The network has no such head.</exception>
    void UnrollHeads(
        int steps,
        ReadOnlySpan<float> observations,
        ReadOnlySpan<bool> episodeStarts,
        Span<float> coreState,
        ReadOnlySpan<HeadRows> heads
    );
}

/// <summary>Where the numbers of a head go.</summary>
/// <param name="Head">Name of the head.</param>
/// <param name="Rows">Destination, <c>[T, B, size]</c>; it may be longer.</param>
internal readonly record struct HeadRows(string Head, float[] Rows);
