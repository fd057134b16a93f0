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
    private const double HalfLength = 0.5;
    private const double PoleMassLength = PoleMass * HalfLength;
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
    public StepResult Step(ReadOnlySpan<float> action, Span<float> observation, ref Pcg64 random)
    {
        double force = action[0] != 0 ? Force : -Force;
        (double sin, double cos) = SinCos(_angle);
        double push = (force + PoleMassLength * _angularVelocity * _angularVelocity * sin) * (1 / TotalMass);
        double angularAcceleration = (Gravity * sin - cos * push) / (HalfLength * (4.0 / 3.0 - PoleMass * cos * cos / TotalMass));
        double acceleration = push - PoleMassLength * angularAcceleration * cos * (1 / TotalMass);
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

    /// <summary>Sine and cosine: within the angle limit by their series to x^11 and x^12, exact to float64 rounding there and three times faster.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (double Sin, double Cos) SinCos(double angle)
    {
        if (Math.Abs(angle) > 0.25)
        {
            return Math.SinCos(angle);
        }
        double x2 = angle * angle;
        double sin = angle * (1 + x2 * (-1.0 / 6 + x2 * (1.0 / 120 + x2 * (-1.0 / 5040 + x2 * (1.0 / 362880 - x2 / 39916800)))));
        double cos =
            1 + x2 * (-0.5 + x2 * (1.0 / 24 + x2 * (-1.0 / 720 + x2 * (1.0 / 40320 + x2 * (-1.0 / 3628800 + x2 / 479001600)))));
        return (sin, cos);
    }
}
