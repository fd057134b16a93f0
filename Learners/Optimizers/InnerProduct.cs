using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Learners.Optimizers;

/// <summary>Σ a b of long float32 buffers.</summary>
internal static class InnerProduct
{
    /// <summary>The sum, in float64: products of large gradients overflow float32, and sums over many parameters lose digits.</summary>
    /// <param name="a">Numbers.</param>
    /// <param name="b">As many.</param>
    /// <remarks>
    /// Vectors of fixed width, added in a fixed order, make the sum, and with it every later parameter, the same on processors of different vector widths.
    /// </remarks>
    public static double Of(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        ReadOnlySpan<Vector256<float>> vectors = MemoryMarshal.Cast<float, Vector256<float>>(a);
        ReadOnlySpan<Vector256<float>> others = MemoryMarshal.Cast<float, Vector256<float>>(b);
        Vector256<double> lowerSums = Vector256<double>.Zero;
        Vector256<double> upperSums = Vector256<double>.Zero;
        for (int i = 0; i < vectors.Length; i++)
        {
            (Vector256<double> lower, Vector256<double> upper) = Vector256.Widen(vectors[i]);
            (Vector256<double> otherLower, Vector256<double> otherUpper) = Vector256.Widen(others[i]);
            lowerSums += lower * otherLower;
            upperSums += upper * otherUpper;
        }
        Vector256<double> sums = lowerSums + upperSums;
        double sum = sums[0] + sums[1] + sums[2] + sums[3];
        for (int i = vectors.Length * Vector256<float>.Count; i < a.Length; i++)
        {
            sum += (double)a[i] * b[i];
        }
        return sum;
    }
}
