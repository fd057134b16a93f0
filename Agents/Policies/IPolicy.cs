using Agents.Policies.Acting;
using Environments.Randomness;
using Environments.Spaces;

namespace Agents.Policies;

/// <summary>Chooses actions for batches of observations, on plain arrays. Not thread-safe.</summary>
public interface IPolicy : IDisposable
{
    /// <summary>Observations that the policy takes.</summary>
    Space ObservationSpace { get; }

    /// <summary>Actions that it chooses.</summary>
    Space ActionSpace { get; }

    /// <summary>How it acts unless told otherwise.</summary>
    IActingPolicy Acting { get; }

    /// <summary>Floats of core state per row; 0 without memory.</summary>
    int CoreStateSize { get; }

    /// <summary>Arrays for the decisions of <paramref name="count"/> rows.</summary>
    /// <param name="count">Rows, B.</param>
    /// <param name="values">Whether the critic is evaluated too, which doubles the arithmetic.</param>
    PolicyOutput CreateOutput(int count, bool values = true);

    /// <summary>Chooses an action per row and advances the core state. Allocates nothing after its first call with a batch size.</summary>
    /// <param name="observations"><c>[B, ObservationSize]</c>.</param>
    /// <param name="episodeStarts"><c>[B]</c>: the observation begins an episode, so that row's core state is reset first.</param>
    /// <param name="coreState"><c>[B, CoreStateSize]</c>, updated in place.</param>
    /// <param name="acting">How actions are chosen, such as <see cref="Acting"/>.</param>
    /// <param name="random">Stream of what is drawn.</param>
    /// <param name="output">Destination of B rows.</param>
    void Act(
        ReadOnlySpan<float> observations,
        ReadOnlySpan<bool> episodeStarts,
        Span<float> coreState,
        IActingPolicy acting,
        ref Pcg64 random,
        PolicyOutput output
    );
}
