using Environments.Rendering;
using Environments.State;
using SkiaSharp;

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

    /// <summary>
    /// Episodes of each copy so far that were cut off because what stepped them was lost, <c>[B]</c>; empty where that cannot happen. They
    /// are truncated like others, so that values are right, but their return and length are no score.
    /// </summary>
    ReadOnlySpan<int> LostEpisodes => [];

    /// <summary>Starts a new episode in every copy.</summary>
    /// <param name="seed">Copy b draws from the stream of <paramref name="seed"/> + b, as Gymnasium's vector environments do.</param>
    void Reset(ulong seed);

    /// <summary>Steps every copy once.</summary>
    /// <param name="actions">One action per copy, <c>[B, ActionSize]</c>.</param>
    /// <exception cref="ArgumentException">
    /// The length is wrong, or an action is not in its space. Of a <c>Box</c> only finiteness is checked: what lies outside the bounds is
    /// the environment's business, or the policy's.
    /// </exception>
    /// <exception cref="InvalidOperationException">There was no <see cref="Reset"/> yet.</exception>
    /// <exception cref="EnvironmentFaultException">
    /// The environment showed what its space cannot hold, where that was noticed: <see cref="Wrappers.ValueCheck"/>, which training and
    /// evaluation put around it, notices every such number.
    /// </exception>
    void Step(ReadOnlySpan<float> actions);

    /// <summary>Steps some copies and leaves the others as they are: those get reward 0 and no flag. For layers that repeat actions.</summary>
    /// <param name="actions">One action per copy, <c>[B, ActionSize]</c>; those of resting copies must be valid, too.</param>
    /// <param name="active">Which copies step, <c>[B]</c>.</param>
    /// <exception cref="NotSupportedException">A copy should rest, and this batch steps all of them or none.</exception>
    void StepSome(ReadOnlySpan<float> actions, ReadOnlySpan<bool> active)
    {
        if (active.Contains(false))
        {
            throw new NotSupportedException(
                $"{GetType().Name} of {Spec.Id} cannot step some copies only, which frame skip and no-ops at reset need. Leave them out."
            );
        }
        Step(actions);
    }

    /// <summary>Size and speed of the pictures; null where the environment does not draw itself.</summary>
    RenderInfo? Rendering => null;

    /// <summary>Draws a copy as it is now; see <see cref="IRenderedEnvironment.Render"/>.</summary>
    /// <param name="copy">Which copy, from 0.</param>
    /// <param name="canvas">Destination, <see cref="RenderInfo.Size"/> large; all of it is painted over.</param>
    /// <exception cref="NotSupportedException"><see cref="Rendering"/> is null.</exception>
    void Render(int copy, SKCanvas canvas) =>
        throw new NotSupportedException($"{Spec.Id} does not draw itself. Implement {nameof(IRenderedEnvironment)} to see it.");

    /// <summary>
    /// Called with the copy whose episode just ended, before the same step resets it, so that its last picture can be drawn; null for
    /// nobody. May be called on the thread that steps the copy. A batch that does not draw itself never calls it, nor is it called for
    /// <see cref="LostEpisodes"/>, of which nobody can draw a last picture.
    /// </summary>
    Action<int>? EpisodeEnding
    {
        get => null;
        set { }
    }

    /// <summary>Receives one line when what steps the copies was lost and is replaced; null for nobody. May be called on the thread that steps.</summary>
    Action<string>? Warn
    {
        get => null;
        set { }
    }

    /// <summary>
    /// Asks a step that another thread waits for to end soon, since the program is to stop: a step in another process is given up after a
    /// moment, with <see cref="OperationCanceledException"/>. May be called on any thread; nothing where steps cannot be left.
    /// </summary>
    void Interrupt() { }

    /// <summary>
    /// Hands over what copies measured since the last call, and starts over; nothing where they measure nothing. Called by training after each unroll,
    /// never while a step goes on.
    /// </summary>
    /// <param name="destination">Takes the numbers.</param>
    void TakeMetrics(EnvironmentMetrics destination) { }

    /// <summary>Whether <see cref="SaveState"/> works; where it does not, a resumed run begins new episodes.</summary>
    bool CanSaveState { get; }

    /// <summary>Saves all that the next step depends on.</summary>
    /// <exception cref="NotSupportedException"><see cref="CanSaveState"/> is false.</exception>
    void SaveState(StateDictionary state);

    /// <summary>Continues from what <see cref="SaveState"/> saved, bit for bit.</summary>
    /// <exception cref="InvalidDataException">The state is of another environment or number of copies.</exception>
    void LoadState(StateDictionary state);
}
