using System.Runtime.CompilerServices;
using Environments.Randomness;
using Environments.Spaces;

namespace Environments.ClassicControl;

/// <summary>Balance a pole on a cart by pushing the cart left or right (Barto, Sutton and Anderson 1983; Gymnasium's <c>CartPole</c>).</summary>
/// <remarks>
/// Observation <c>[position, velocity, angle, angular velocity]</c>; action 0 pushes left, 1 right, each with 10 N for 0.02 s.
/// Reward 1 per step, the last one included. Terminates beyond ±2.4 m or ±12 degrees. State and integration in float64.
/// </remarks>
public partial struct CartPole : IEnvironment
{
    private const double Gravity = 9.8;
    private const double PoleMass = 0.1;
    private const double TotalMass = 1.1;
    internal const double UsualHalfLength = 0.5;
    private const double Force = 10;
    private const double TimeStep = 0.02;
    private const double PositionLimit = 2.4;
    private const double AngleLimit = 12 * 2 * Math.PI / 360;

    private static readonly Box Observations = new(
        [-2 * (float)PositionLimit, float.NegativeInfinity, -2 * (float)AngleLimit, float.NegativeInfinity],
        [2 * (float)PositionLimit, float.PositiveInfinity, 2 * (float)AngleLimit, float.PositiveInfinity]
    );
    private static readonly Discrete Actions = new(2);

    private double _position;
    private double _velocity;
    private double _angle;
    private double _angularVelocity;

    /// <summary>A cart in the given state: metres, metres per second, radians, radians per second.</summary>
    public CartPole(double position, double velocity, double angle, double angularVelocity)
    {
        _position = position;
        _velocity = velocity;
        _angle = angle;
        _angularVelocity = angularVelocity;
    }

    /// <inheritdoc/>
    public readonly Space ObservationSpace => Observations;

    /// <inheritdoc/>
    public readonly Space ActionSpace => Actions;

    /// <inheritdoc/>
    public void Reset(Span<float> observation, ref Pcg64 random)
    {
        _position = random.NextUniform(-0.05, 0.05);
        _velocity = random.NextUniform(-0.05, 0.05);
        _angle = random.NextUniform(-0.05, 0.05);
        _angularVelocity = random.NextUniform(-0.05, 0.05);
        Observe(observation);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public StepResult Step(ReadOnlySpan<float> action, Span<float> observation, ref Pcg64 random) =>
        Step(action, observation, UsualHalfLength);

    /// <summary>A step with a pole of another length and the same mass.</summary>
    /// <param name="action">0 or 1.</param>
    /// <param name="observation">Destination of four floats.</param>
    /// <param name="halfLength">Half of the pole's length in metres.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal StepResult Step(ReadOnlySpan<float> action, Span<float> observation, double halfLength)
    {
        double poleMassLength = PoleMass * halfLength;
        double force = action[0] != 0 ? Force : -Force;
        // In the order of the original, with its divisions: the pole multiplies a difference in the last bit by 1e16 within 450 steps.
        (double sin, double cos) = Trigonometry.SinCosOfSmall(_angle);
        double push = (force + poleMassLength * (_angularVelocity * _angularVelocity) * sin) / TotalMass;
        double angularAcceleration =
            (Gravity * sin - cos * push) / (halfLength * (4.0 / 3.0 - PoleMass * (cos * cos) / TotalMass));
        double acceleration = push - poleMassLength * angularAcceleration * cos / TotalMass;
        _position += TimeStep * _velocity;
        _velocity += TimeStep * acceleration;
        _angle += TimeStep * _angularVelocity;
        _angularVelocity += TimeStep * angularAcceleration;
        Observe(observation);
        return new StepResult(1, Math.Abs(_position) > PositionLimit | Math.Abs(_angle) > AngleLimit);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly void Observe(Span<float> observation)
    {
        observation[3] = (float)_angularVelocity;
        observation[0] = (float)_position;
        observation[1] = (float)_velocity;
        observation[2] = (float)_angle;
    }
}
