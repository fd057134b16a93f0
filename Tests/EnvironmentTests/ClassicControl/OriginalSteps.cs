using Environments.ClassicControl;

namespace Tests.EnvironmentTests.ClassicControl;

/// <summary>One step of the originals in their own order of operations; only sine and cosine are ours unless given.</summary>
internal static class OriginalSteps
{
    /// <summary>Gymnasium's <c>CartPole</c>.</summary>
    /// <param name="s">Position, velocity, angle, angular velocity.</param>
    /// <param name="force">In N.</param>
    public static double[] CartPole(double[] s, double force)
    {
        double totalMass = 0.1 + 1.0;
        double poleMassLength = 0.1 * 0.5;
        (double sin, double cos) = Trigonometry.SinCos(s[2]);
        double temp = (force + poleMassLength * (s[3] * s[3]) * sin) / totalMass;
        double angular = (9.8 * sin - cos * temp) / (0.5 * (4.0 / 3.0 - 0.1 * (cos * cos) / totalMass));
        double linear = temp - poleMassLength * angular * cos / totalMass;
        return [s[0] + 0.02 * s[1], s[1] + 0.02 * linear, s[2] + 0.02 * s[3], s[3] + 0.02 * angular];
    }

    /// <summary>Gymnasium's <c>MountainCar</c>: position and velocity.</summary>
    public static double[] MountainCar(double[] s, int action)
    {
        double velocity = s[1] + ((action - 1) * 0.001 + Trigonometry.SinCos(3 * s[0]).Cos * -0.0025);
        velocity = Math.Clamp(velocity, -0.07, 0.07);
        double position = Math.Clamp(s[0] + velocity, -1.2, 0.6);
        return [position, position == -1.2 && velocity < 0 ? 0 : velocity];
    }

    /// <summary>Gymnasium's <c>Pendulum</c>: angle and angular velocity, and the reward.</summary>
    public static (double[] State, double Reward) Pendulum(double[] s, float action)
    {
        double torque = Math.Clamp(action, -2f, 2f);
        double angle = PythonRemainder(s[0] + Math.PI, 2 * Math.PI) - Math.PI;
        double cost = angle * angle + 0.1 * (s[1] * s[1]) + 0.001 * (torque * torque);
        double velocity = Math.Clamp(s[1] + (15 * Trigonometry.SinCos(s[0]).Sin + 3.0 * torque) * 0.05, -8, 8);
        return ([s[0] + velocity * 0.05, velocity], -cost);
    }

    /// <summary>What <c>a % b</c> is in Python: an exact remainder, raised by b where it is negative.</summary>
    public static double PythonRemainder(double a, double b)
    {
        double remainder = a % b;
        return remainder < 0 ? remainder + b : remainder;
    }
}
