using Environments.State;

namespace Environments;

/// <summary>B copies of an environment stepped together into arrays that the batch owns and reuses.</summary>
/// <remarks>Not thread-safe. Every span is valid until the next call of <see cref="Step"/> or <see cref="Reset"/>, which overwrites it.</remarks>
public interface IBatchedEnvironment : IDisposable
{
    /// <summary>Spaces, limits and description of one copy.</summary>
    EnvironmentSpec Spec { get; }

    /// <summary>Copies, B.</summary>
    int Count { get; }

    /// <summary>When a copy whose episode ended starts its next one.</summary>
    AutoresetMode AutoresetMode { get; }

    /// <summary>What each copy shows now, <c>[B, ObservationSize]</c>.</summary>
    ReadOnlySpan<float> Observations { get; }

    /// <summary>Last observation of the episodes that ended in the latest step, <c>[B, ObservationSize]</c>; other rows hold old values.</summary>
    ReadOnlySpan<float> FinalObservations { get; }

    /// <summary>Reward of the latest step, <c>[B]</c>.</summary>
    ReadOnlySpan<float> Rewards { get; }

    /// <summary>Whether the latest step ended the task, <c>[B]</c>.</summary>
    ReadOnlySpan<bool> Terminated { get; }

    /// <summary>Whether the latest step cut the episode off, <c>[B]</c>; both flags may be set, and termination then decides.</summary>
    ReadOnlySpan<bool> Truncated { get; }

    /// <summary>Starts a new episode in every copy.</summary>
    /// <param name="seed">Copy b draws from the stream of <paramref name="seed"/> + b, as Gymnasium's vector environments do.</param>
    void Reset(ulong seed);

    /// <summary>Steps every copy once.</summary>
    /// <param name="actions">One action per copy, <c>[B, ActionSize]</c>.</param>
    /// <exception cref="ArgumentException">
    /// The length is wrong, or an action is not in its space. Of a <c>Box</c> only finiteness is checked: what lies outside the bounds is
    /// the environment's business, or <c>ActionClip</c>'s.
    /// </exception>
    /// <exception cref="InvalidOperationException">There was no <see cref="Reset"/> yet.</exception>
    void Step(ReadOnlySpan<float> actions);

    /// <summary>Whether <see cref="SaveState"/> works; where it does not, a resumed run begins new episodes.</summary>
    bool CanSaveState { get; }

    /// <summary>Saves all that the next step depends on.</summary>
    /// <exception cref="NotSupportedException"><see cref="CanSaveState"/> is false.</exception>
    void SaveState(StateDictionary state);

    /// <summary>Continues from what <see cref="SaveState"/> saved, bit for bit.</summary>
    /// <exception cref="InvalidDataException">The state is of another environment or number of copies.</exception>
    void LoadState(StateDictionary state);
}
