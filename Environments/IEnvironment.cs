using Environments.Randomness;
using Environments.Spaces;

namespace Environments;

/// <summary>One simulation. Implement it as a struct, so that the batch's loop is compiled for it without virtual calls.</summary>
/// <remarks>
/// The caller owns the clock, the time limit and the resets (<see cref="BatchedEnvironment{TEnvironment}"/> does all three);
/// an implementation is only the dynamics. A struct without references is saved in checkpoints by itself; for anything else implement
/// <see cref="ISavableEnvironment"/>, or let a resumed run begin new episodes.
/// <code>
/// step          Reset      Step       Step (terminates)      Reset
/// observation   first      second     final, never lost      first of the next episode
/// reward                   1          1
/// </code>
/// </remarks>
public interface IEnvironment
{
    /// <summary>What observations look like.</summary>
    Space ObservationSpace { get; }

    /// <summary>What actions are accepted.</summary>
    Space ActionSpace { get; }

    /// <summary>Starts an episode and writes its first observation.</summary>
    /// <param name="observation">Destination of <see cref="Space.Size"/> floats; all are written.</param>
    /// <param name="random">This copy's own stream, the only source of chance.</param>
    void Reset(Span<float> observation, ref Pcg64 random);

    /// <summary>Applies an action and writes the observation it led to, also on the last step of an episode.</summary>
    /// <param name="action">A member of <see cref="ActionSpace"/>, though a <c>Box</c>'s bounds may be exceeded; a discrete action is the whole number <c>(int)action[0]</c>.</param>
    /// <param name="observation">Destination of <see cref="Space.Size"/> floats; all are written.</param>
    /// <param name="random">This copy's own stream.</param>
    StepResult Step(ReadOnlySpan<float> action, Span<float> observation, ref Pcg64 random);

    /// <summary>Names of numbers that it measures beside rewards, such as <c>queue_length</c>; empty for most. The same for all copies, always.</summary>
    /// <remarks>Training writes their means between two rows into <c>metrics.csv</c> and TensorBoard, as <c>environment/queue_length</c>.</remarks>
    IReadOnlyList<string> MetricNames => [];

    /// <summary>Writes what the latest step measured; called after every <see cref="Step"/> where there are <see cref="MetricNames"/>, before an ended episode is reset.</summary>
    /// <param name="episodeEnds">
    /// Whether that step ended the episode, by the task, by the simulation or by the step limit: what is measured once in an episode is written then.
    /// </param>
    /// <param name="values">One number per name, NaN on entry; what stays NaN is left out of the mean.</param>
    void Measure(bool episodeEnds, Span<float> values) { }
}
