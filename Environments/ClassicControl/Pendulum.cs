using System.Runtime.CompilerServices;
using Environments.Randomness;
using Environments.Spaces;

namespace Environments.ClassicControl;

/// <summary>Swing a pendulum up and hold it there with a motor too weak to lift it at once (Gymnasium's <c>Pendulum</c>).</summary>
/// <remarks>
/// Observation <c>[cos angle, sin angle, angular velocity]</c>, upright at angle 0, velocity within ±8 rad/s; the action is the torque in N m,
/// clipped to ±2. Reward −(angle² + 0.1 velocity² + 0.001 torque²) of the state before the step, the angle wrapped into [−π, π): 0 at
/// best, −16.2736044 at worst. Never terminates. Starts anywhere, turning by at most 1 rad/s. State and integration in float64.
/// </remarks>
public partial struct Pendulum : IEnvironment
{
    private const double MaxTorque = 2;
    private const double MaxSpeed = 8;
    private const double TimeStep = 0.05;
    private const double GravityTerm = 15; // 3 g / (2 l) with g = 10, l = 1
    private const double TorqueTerm = 3; // 3 / (m l²) with m = 1

    private static readonly Box Observations = new([-1, -1, -(float)MaxSpeed], [1, 1, (float)MaxSpeed]);
    private static readonly Box Actions = new(-(float)MaxTorque, (float)MaxTorque, 1);

    private double _angle; // not wrapped
    private double _angularVelocity;
    private double _torque; // the latest one, for the picture

    /// <summary>A pendulum in the given state: radians from upright, radians per second.</summary>
    public Pendulum(double angle, double angularVelocity)
    {
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
        _angle = random.NextUniform(-Math.PI, Math.PI);
        _angularVelocity = random.NextUniform(-1, 1);
        _torque = 0;
        (double sin, double cos) = Trigonometry.SinCos(_angle);
        Observe(observation, sin, cos);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public StepResult Step(ReadOnlySpan<float> action, Span<float> observation, ref Pcg64 random)
    {
        double torque = Math.Min(Math.Max((double)action[0], -MaxTorque), MaxTorque);
        _torque = torque;
        double wrapped = Wrap(_angle);
        double cost = wrapped * wrapped + 0.1 * (_angularVelocity * _angularVelocity) + 0.001 * (torque * torque);
        double acceleration = GravityTerm * Trigonometry.SinCos(_angle).Sin + TorqueTerm * torque;
        _angularVelocity = Math.Min(Math.Max(_angularVelocity + acceleration * TimeStep, -MaxSpeed), MaxSpeed);
        _angle += _angularVelocity * TimeStep;
        (double sin, double cos) = Trigonometry.SinCos(_angle);
        Observe(observation, sin, cos);
        return new StepResult((float)-cost);
    }

    /// <summary>The angle in [−π, π), with the roundings of the original's <c>(angle + π) % 2π − π</c>.</summary>
    /// <remarks>A remainder is exact before a negative one is raised by 2π, so one rounding of the whole is the same.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static double Wrap(double angle)
    {
        const double Turn = 2 * Math.PI;
        double shifted = angle + Math.PI;
        return Math.FusedMultiplyAdd(-Math.Floor(shifted * (1 / Turn)), Turn, shifted) - Math.PI;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly void Observe(Span<float> observation, double sin, double cos)
    {
        observation[2] = (float)_angularVelocity;
        observation[0] = (float)cos;
        observation[1] = (float)sin;
    }
}
