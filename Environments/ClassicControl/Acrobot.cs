using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Environments.Randomness;
using Environments.Spaces;

namespace Environments.ClassicControl;

/// <summary>Swing the tip of a two-link arm above a bar with a motor at its elbow only (Sutton 1996; Gymnasium's <c>Acrobot</c>).</summary>
/// <remarks>
/// Observation <c>[cos t1, sin t1, cos t2, sin t2, w1, w2]</c>: t1 = 0 hangs down, t2 is relative to the first link, angular velocities
/// within ±4π and ±9π rad/s; actions 0, 1, 2 apply −1, 0, +1 N m for 0.2 s. Reward −1 per step and 0 on the last one. Terminates when
/// −cos t1 − cos(t1 + t2) &gt; 1. Starts with every component in ±0.1. Equations of Sutton and Barto's book, one classical
/// Runge-Kutta step per action, in float64.
/// </remarks>
public partial struct Acrobot : IEnvironment
{
    private const double TimeStep = 0.2;
    private const double Gravity = 9.8;
    private const double MaxSpeed1 = 4 * Math.PI;
    private const double MaxSpeed2 = 9 * Math.PI;

    private static readonly Box Observations = new(
        [-1, -1, -1, -1, -(float)MaxSpeed1, -(float)MaxSpeed2],
        [1, 1, 1, 1, (float)MaxSpeed1, (float)MaxSpeed2]
    );
    private static readonly Discrete Actions = new(3);

    private double _angle1;
    private double _angle2;
    private double _velocity1;
    private double _velocity2;

    /// <summary>An arm in the given state: radians of the first link from hanging down, of the second from the first; radians per second.</summary>
    public Acrobot(double angle1, double angle2, double velocity1, double velocity2)
    {
        _angle1 = angle1;
        _angle2 = angle2;
        _velocity1 = velocity1;
        _velocity2 = velocity2;
    }

    /// <inheritdoc/>
    public readonly Space ObservationSpace => Observations;

    /// <inheritdoc/>
    public readonly Space ActionSpace => Actions;

    /// <inheritdoc/>
    public void Reset(Span<float> observation, ref Pcg64 random)
    {
        _angle1 = (float)random.NextUniform(-0.1, 0.1);
        _angle2 = (float)random.NextUniform(-0.1, 0.1);
        _velocity1 = (float)random.NextUniform(-0.1, 0.1);
        _velocity2 = (float)random.NextUniform(-0.1, 0.1);
        Observe(observation);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public StepResult Step(ReadOnlySpan<float> action, Span<float> observation, ref Pcg64 random)
    {
        double torque = action[0] - 1;
        Vector128<double> angles = Vector128.Create(_angle1, _angle2);
        Vector128<double> velocities = Vector128.Create(_velocity1, _velocity2);

        // Stage i evaluates the accelerations at velocities vi; the angles' derivatives are these velocities themselves.
        Vector128<double> a1 = Accelerations(angles, velocities, torque);
        Vector128<double> v2 = velocities + TimeStep / 2 * a1;
        Vector128<double> a2 = Accelerations(angles + TimeStep / 2 * velocities, v2, torque);
        Vector128<double> v3 = velocities + TimeStep / 2 * a2;
        Vector128<double> a3 = Accelerations(angles + TimeStep / 2 * v2, v3, torque);
        Vector128<double> v4 = velocities + TimeStep * a3;
        Vector128<double> a4 = Accelerations(angles + TimeStep * v3, v4, torque);
        angles += TimeStep / 6 * (velocities + 2 * (v2 + v3) + v4);
        velocities += TimeStep / 6 * (a1 + 2 * (a2 + a3) + a4);

        _angle1 = Wrap(angles[0]);
        _angle2 = Wrap(angles[1]);
        _velocity1 = Math.Min(Math.Max(velocities[0], -MaxSpeed1), MaxSpeed1);
        _velocity2 = Math.Min(Math.Max(velocities[1], -MaxSpeed2), MaxSpeed2);
        bool terminated = Observe(observation) > 1;
        return new StepResult(terminated ? 0 : -1, terminated);
    }

    /// <summary>Angular accelerations of both links, with the masses, lengths (1), centres of mass (0.5) and inertias (1) multiplied out.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<double> Accelerations(Vector128<double> angles, Vector128<double> velocities, double torque)
    {
        (Vector128<double> sin, Vector128<double> cos) = Trigonometry.SinCos(angles);
        (double sin1, double sin2, double cos1, double cos2) = (sin[0], sin[1], cos[0], cos[1]);
        (double velocity1, double velocity2) = (velocities[0], velocities[1]);
        double d1 = 3.5 + cos2;
        double d2 = 1.25 + 0.5 * cos2;
        double phi2 = 0.5 * Gravity * (sin1 * cos2 + cos1 * sin2);
        double phi1 = 1.5 * Gravity * sin1 + phi2 - (0.5 * velocity2 + velocity1) * velocity2 * sin2;
        double drive = torque - 0.5 * velocity1 * velocity1 * sin2 - phi2;
        double acceleration2 = (d1 * drive + d2 * phi1) / (1.25 * d1 - d2 * d2);
        double acceleration1 = -(d2 * acceleration2 + phi1) / d1;
        return Vector128.Create(acceleration1, acceleration2);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static double Wrap(double angle)
    {
        while (angle > Math.PI)
        {
            angle -= 2 * Math.PI;
        }
        while (angle < -Math.PI)
        {
            angle += 2 * Math.PI;
        }
        return angle;
    }

    /// <summary>Writes the observation and returns the height of the tip above the joint.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly double Observe(Span<float> observation)
    {
        (Vector128<double> sin, Vector128<double> cos) = Trigonometry.SinCos(Vector128.Create(_angle1, _angle2));
        (double sin1, double sin2, double cos1, double cos2) = (sin[0], sin[1], cos[0], cos[1]);
        observation[5] = (float)_velocity2;
        observation[0] = (float)cos1;
        observation[1] = (float)sin1;
        observation[2] = (float)cos2;
        observation[3] = (float)sin2;
        observation[4] = (float)_velocity1;
        return -cos1 - (cos1 * cos2 - sin1 * sin2);
    }
}
