using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Environments.ClassicControl;

/// <summary>Sine and cosine of two angles at once, within one unit in the last place of float64 of the exact values.</summary>
/// <remarks>
/// The reduction and the polynomials of fdlibm (Sun Microsystems 1993) without its branches, so that copies at different angles cost no
/// mispredicted jumps. Close to a multiple of π/2 the small one of the two is exact to 1e-20 absolutely rather than relatively.
/// </remarks>
internal static class Trigonometry
{
    // Beyond this angle a multiple of the first part of π/2 would no longer be exact.
    private const double ReductionLimit = 1e5;
    private const double QuarterTurnInverse = 6.36619772367581382433e-01;
    private const double QuarterTurnHigh = 1.57079632673412561417e+00; // 33 bits
    private const double QuarterTurnLow = 6.07710050650619224932e-11;
    private const double RoundToInteger = 6755399441055744; // 1.5 * 2^52: the sum's low bits are the rounded integer

    /// <summary>Sine and cosine of one angle in radians.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static (double Sin, double Cos) SinCos(double angle)
    {
        (Vector128<double> sin, Vector128<double> cos) = SinCos(Vector128.CreateScalar(angle));
        return (sin.ToScalar(), cos.ToScalar());
    }

    /// <summary>Sines and cosines of two angles in radians.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static (Vector128<double> Sin, Vector128<double> Cos) SinCos(Vector128<double> angle)
    {
        if (!Vector128.LessThanAll(Vector128.Abs(angle), Vector128.Create(ReductionLimit)))
        {
            return SinCosFarOut(angle);
        }
        Vector128<double> shifted = angle * QuarterTurnInverse + Vector128.Create(RoundToInteger);
        Vector128<double> turns = shifted - Vector128.Create(RoundToInteger);
        Vector128<double> near = angle - turns * QuarterTurnHigh;
        Vector128<double> correction = turns * QuarterTurnLow;
        Vector128<double> x = near - correction;
        Vector128<double> tail = (near - x) - correction;

        Vector128<double> z = x * x;
        Vector128<double> s = Vector128.Create(1.58969099521155010221e-10);
        Vector128<double> c = Vector128.Create(-1.13596475577881948265e-11);
        s = s * z + Vector128.Create(-2.50507602534068634195e-08);
        c = c * z + Vector128.Create(2.08757232129817482790e-09);
        s = s * z + Vector128.Create(2.75573137070700676789e-06);
        c = c * z + Vector128.Create(-2.75573143513906633035e-07);
        s = s * z + Vector128.Create(-1.98412698298579493134e-04);
        c = c * z + Vector128.Create(2.48015872894767294178e-05);
        s = s * z + Vector128.Create(8.33333333332248946124e-03);
        c = c * z + Vector128.Create(-1.38888888888741095749e-03);
        c = c * z + Vector128.Create(4.16666666666666019037e-02);
        Vector128<double> cube = z * x;
        Vector128<double> sin = x - ((z * (0.5 * tail - cube * s) - tail) - cube * -1.66666666666666324348e-01);
        Vector128<double> half = 0.5 * z;
        Vector128<double> rest = Vector128<double>.One - half;
        Vector128<double> cos = rest + (((Vector128<double>.One - rest) - half) + (z * (z * c) - x * tail));

        // Odd quarter turns swap the two; the sine is negative in quarters 2 and 3, the cosine in 1 and 2.
        Vector128<long> quarter = shifted.AsInt64();
        Vector128<double> odd = (-(quarter & Vector128<long>.One)).AsDouble();
        Vector128<long> sinSign = (quarter & Vector128.Create(2L)) << 62;
        Vector128<long> cosSign = ((quarter + Vector128<long>.One) & Vector128.Create(2L)) << 62;
        return (
            Vector128.ConditionalSelect(odd, cos, sin) ^ sinSign.AsDouble(),
            Vector128.ConditionalSelect(odd, sin, cos) ^ cosSign.AsDouble()
        );
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static (Vector128<double> Sin, Vector128<double> Cos) SinCosFarOut(Vector128<double> angle)
    {
        (double sin0, double cos0) = Math.SinCos(angle[0]);
        (double sin1, double cos1) = Math.SinCos(angle[1]);
        return (Vector128.Create(sin0, sin1), Vector128.Create(cos0, cos1));
    }
}
