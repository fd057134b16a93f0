using Environments.MuJoCo.Engine;
using Environments.Randomness;

namespace Environments.MuJoCo.Tasks;

/// <summary>Sums and draws that the tasks share.</summary>
internal static class TaskMath
{
    /// <summary>Weight · Σ a² with the sum in float32, as the original has it: eight squares are added in pairs of pairs, fewer one by one.</summary>
    public static double Cost(double weight, ReadOnlySpan<float> action)
    {
        float sum = 0;
        if (action.Length == 8)
        {
            sum = Squares(action[0], action[1]) + Squares(action[2], action[3]);
            sum += Squares(action[4], action[5]) + Squares(action[6], action[7]);
            return weight * sum;
        }
        foreach (float value in action)
        {
            sum += value * value;
        }
        return weight * sum;
    }

    /// <summary>Σ a².</summary>
    public static double SquaredSum(ReadOnlySpan<double> values)
    {
        double sum = 0;
        foreach (double value in values)
        {
            sum += value * value;
        }
        return sum;
    }

    /// <summary>Length of the vector between two points of three coordinates.</summary>
    public static double Distance(ReadOnlySpan<double> from, ReadOnlySpan<double> to)
    {
        double x = to[0] - from[0];
        double y = to[1] - from[1];
        double z = to[2] - from[2];
        return Math.Sqrt(x * x + y * y + z * z);
    }

    /// <summary>Whether every value lies strictly between two bounds; NaN does not.</summary>
    public static bool AllInside(ReadOnlySpan<double> values, double low, double high)
    {
        foreach (double value in values)
        {
            if (!(value > low && value < high))
            {
                return false;
            }
        }
        return true;
    }

    /// <summary>Whether no value is infinite or NaN.</summary>
    public static bool AllFinite(ReadOnlySpan<double> values)
    {
        foreach (double value in values)
        {
            if (!double.IsFinite(value))
            {
                return false;
            }
        }
        return true;
    }

    /// <summary>Copies values cut to ±<paramref name="limit"/>.</summary>
    public static void CopyClipped(ReadOnlySpan<double> values, double limit, Span<double> destination)
    {
        for (int i = 0; i < values.Length; i++)
        {
            destination[i] = Math.Clamp(values[i], -limit, limit);
        }
    }

    /// <summary>Adds noise that is uniform in ±<paramref name="scale"/> to each value.</summary>
    public static void AddUniform(Span<double> values, double scale, ref Pcg64 random)
    {
        foreach (ref double value in values)
        {
            value += random.NextUniform(-scale, scale);
        }
    }

    /// <summary>Adds normal noise of standard deviation <paramref name="scale"/> to each value.</summary>
    public static void AddNormal(Span<double> values, double scale, ref Pcg64 random)
    {
        foreach (ref double value in values)
        {
            value += scale * random.NextNormal();
        }
    }

    /// <summary>Three coordinates of a body or site.</summary>
    public static ReadOnlySpan<double> Point(ReadOnlySpan<double> positions, int index) => positions.Slice(3 * index, 3);

    /// <summary>Coordinate of the centre of mass of all bodies: 0 for x, 1 for y.</summary>
    public static double CentreOfMass(MuJoCoSimulation simulation, int coordinate)
    {
        ReadOnlySpan<double> masses = simulation.BodyMasses;
        ReadOnlySpan<double> centres = simulation.BodyCentres;
        double sum = 0;
        double mass = 0;
        for (int i = 0; i < masses.Length; i++)
        {
            sum += masses[i] * centres[3 * i + coordinate];
            mass += masses[i];
        }
        return sum / mass;
    }

    private static float Squares(float a, float b) => a * a + b * b;
}
