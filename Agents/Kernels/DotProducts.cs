using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Agents.Kernels;

/// <summary>y = x Wᵀ + b for a few outputs, whose columns would fill no register: one dot product per number.</summary>
internal static class DotProducts
{
    /// <summary>Writes y[m, o] = bias[o] + Σ_k x[m, k] weight[o, k].</summary>
    /// <param name="x"><c>[rows, inputs]</c>.</param>
    /// <param name="weight"><c>[outputs, inputs]</c>.</param>
    /// <param name="bias"><c>[outputs]</c>.</param>
    /// <param name="y">Destination, <c>[rows, outputs]</c>.</param>
    /// <param name="rows">Rows of the batch.</param>
    public static void Multiply(
        ReadOnlySpan<float> x,
        ReadOnlySpan<float> weight,
        ReadOnlySpan<float> bias,
        Span<float> y,
        int rows
    )
    {
        int outputs = bias.Length;
        int inputs = weight.Length / outputs;
        if (x.Length < rows * inputs || y.Length < rows * outputs)
        {
            throw new ArgumentException(
                $"{rows} rows of {inputs} inputs and {outputs} outputs do not fit {x.Length} and {y.Length} floats."
            );
        }
        ref float px = ref MemoryMarshal.GetReference(x);
        ref float pw = ref MemoryMarshal.GetReference(weight);
        for (int row = 0; row < rows; row++)
        {
            for (int output = 0; output < outputs; output++)
            {
                y[row * outputs + output] =
                    bias[output] + Dot(ref Unsafe.Add(ref px, row * inputs), ref Unsafe.Add(ref pw, output * inputs), inputs);
            }
        }
    }

    private static float Dot(ref float a, ref float b, int length)
    {
        float sum = 0;
        int i = 0;
        if (Vector512.IsHardwareAccelerated && length >= Vector512<float>.Count)
        {
            Vector512<float> lanes = Vector512<float>.Zero;
            for (; i + Vector512<float>.Count <= length; i += Vector512<float>.Count)
            {
                lanes = Vector512.FusedMultiplyAdd(Simd512.Load(ref a, i), Simd512.Load(ref b, i), lanes);
            }
            sum = Vector512.Sum(lanes);
        }
        if (length - i >= Vector256<float>.Count)
        {
            Vector256<float> lanes = Vector256<float>.Zero;
            for (; i + Vector256<float>.Count <= length; i += Vector256<float>.Count)
            {
                lanes = Vector256.FusedMultiplyAdd(Simd256.Load(ref a, i), Simd256.Load(ref b, i), lanes);
            }
            sum += Vector256.Sum(lanes);
        }
        for (; i < length; i++)
        {
            sum += Unsafe.Add(ref a, i) * Unsafe.Add(ref b, i);
        }
        return sum;
    }
}
