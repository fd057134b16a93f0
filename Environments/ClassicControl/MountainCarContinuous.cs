using System.Runtime.CompilerServices;
using Environments.Randomness;
using Environments.Spaces;

namespace Environments.ClassicControl;

/// <summary>The mountain car with a continuous force and a price on using it (after Moore 1990; Gymnasium's <c>MountainCarContinuous</c>).</summary>
/// <remarks>
/// Observation <c>[position, velocity]</c>, in [−1.2, 0.6] and ±0.07; the action is the force, clipped to ±1.
/// Reward −0.1 action² per step, of the action before clipping, and +100 on the last one. Terminates at position 0.45. Starts at rest in
/// [−0.6, −0.4). A step is computed in float64 and its state stored as float32, as the original does.
/// </remarks>
public partial struct MountainCarContinuous : IEnvironment
{
    private const double Power = 0.0015;
    private const double Goal = 0.45;

    private static readonly Box Observations = new([-1.2f, -0.07f], [0.6f, 0.07f]);
    private static readonly Box Actions = new(-1, 1, 1);

    private double _position; // as reset drew it, then whole float32 values
    private double _velocity;

    /// <summary>A car in the given state: position along the valley, and change of position per step.</summary>
    public MountainCarContinuous(double position, double velocity)
    {
        _position = position;
        _velocity = velocity;
    }

    /// <inheritdoc/>
    public readonly Space ObservationSpace => Observations;

    /// <inheritdoc/>
    public readonly Space ActionSpace => Actions;

    /// <inheritdoc/>
    public void Reset(Span<float> observation, ref Pcg64 random)
    {
        _position = random.NextUniform(-0.6, -0.4);
        _velocity = 0;
        observation[1] = 0;
        observation[0] = (float)_position;
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public StepResult Step(ReadOnlySpan<float> action, Span<float> observation, ref Pcg64 random)
    {
        double given = action[0];
        double force = Math.Min(Math.Max(given, -1), 1);
        (double position, double velocity) = MountainCar.Move(_position, _velocity, force * Power);
        bool terminated = position >= Goal & velocity >= 0;
        double reward = (terminated ? 100 : 0) - given * given * 0.1;
        _position = observation[0] = (float)position;
        _velocity = observation[1] = (float)velocity;
        return new StepResult((float)reward, terminated);
    }
}
