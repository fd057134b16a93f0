using Environments.MuJoCo.Engine;
using Environments.Randomness;
using Environments.Spaces;

namespace Environments.MuJoCo;

/// <summary>
/// The rules of a task on a model: where episodes start, what is seen, what is rewarded. <see cref="MuJoCoEnvironment{TTask}"/> makes an
/// environment of them.
/// </summary>
/// <remarks>
/// Implement it as a struct of plain values, which is then its own saved state. Arrays of a simulation after a step: see
/// <see cref="MuJoCoSimulation"/>, in particular which of them lag. All sums are of float64.
/// </remarks>
public interface IMuJoCoTask
{
    /// <summary>Names of the figures that <see cref="Score"/> writes beside the reward, such as <c>reward_forward</c>.</summary>
    static abstract IReadOnlyList<string> InfoNames { get; }

    /// <summary>From where the task is drawn.</summary>
    static abstract MuJoCoCamera Camera { get; }

    /// <summary>Bounds of the controls.</summary>
    Box ActionSpace { get; }

    /// <summary>Numbers in an observation.</summary>
    int ObservationSize { get; }

    /// <summary>Steps of the engine per step of the environment.</summary>
    int FrameSkip { get; }

    /// <summary>Writes the positions and velocities of a first state over the default ones. A forward pass follows.</summary>
    /// <param name="simulation">At its default pose, at rest.</param>
    /// <param name="random">The copy's stream.</param>
    void Start(MuJoCoSimulation simulation, ref Pcg64 random);

    /// <summary>Remembers what the next reward is measured from, such as the place; called after <see cref="Start"/>'s forward pass.</summary>
    void Begin(MuJoCoSimulation simulation);

    /// <summary>Judges the step just made.</summary>
    /// <param name="simulation">After the step.</param>
    /// <param name="action">The action as it was given, which may be out of bounds.</param>
    /// <param name="info">Destination of the figures of <see cref="InfoNames"/>.</param>
    /// <returns>The reward, and whether the task ended.</returns>
    (double Reward, bool Terminated) Score(MuJoCoSimulation simulation, ReadOnlySpan<float> action, Span<double> info);

    /// <summary>Writes what is seen.</summary>
    /// <param name="simulation">After a step or a start.</param>
    /// <param name="observation">Destination, <see cref="ObservationSize"/>; all are written.</param>
    void Observe(MuJoCoSimulation simulation, Span<double> observation);
}
