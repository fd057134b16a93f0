using System.Runtime.CompilerServices;
using Environments.Randomness;
using Environments.Spaces;

namespace Environments.ClassicControl;

/// <summary>Drive an underpowered car out of a valley by swinging up first (Moore 1990; Gymnasium's <c>MountainCar</c>).</summary>
/// <remarks>
/// Observation <c>[position, velocity]</c>, in [−1.2, 0.6] and ±0.07; action 0 pushes left, 1 rolls, 2 pushes right.
/// Reward −1 per step. Terminates at position 0.5. Starts at rest in [−0.6, −0.4). State and integration in float64.
/// </remarks>
public partial struct MountainCar : IEnvironment
{
    private const double Force = 0.001;
    private const double Gravity = 0.0025;
    private const double MinPosition = -1.2;
    private const double MaxPosition = 0.6;
    private const double MaxSpeed = 0.07;
    private const double Goal = 0.5;

    private static readonly Box Observations = new([(float)MinPosition, -(float)MaxSpeed], [(float)MaxPosition, (float)MaxSpeed]);
    private static readonly Discrete Actions = new(3);

    private double _position;
    private double _velocity;

    /// <summary>A car in the given state: position along the valley, and change of position per step.</summary>
    public MountainCar(double position, double velocity)
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
        Observe(observation);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public StepResult Step(ReadOnlySpan<float> action, Span<float> observation, ref Pcg64 random)
    {
        (_position, _velocity) = Move(_position, _velocity, (action[0] - 1) * Force);
        Observe(observation);
        return new StepResult(-1, _position >= Goal & _velocity >= 0);
    }

    /// <summary>One step in the valley, shared with the continuous task.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static (double Position, double Velocity) Move(double position, double velocity, double push)
    {
        double slope = Trigonometry.SinCos(3 * position).Cos;
        velocity = Math.Min(Math.Max(velocity + (push - Gravity * slope), -MaxSpeed), MaxSpeed);
        position = Math.Min(Math.Max(position + velocity, MinPosition), MaxPosition);
        return (position, position == MinPosition ? Math.Max(velocity, 0) : velocity); // the left wall stops the car
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly void Observe(Span<float> observation)
    {
        observation[1] = (float)_velocity;
        observation[0] = (float)_position;
    }
}
