using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Agents.Kernels;

/// <summary>y = x Wᵀ + b for a few outputs, whose columns would fill no register: one dot product per number.</summary>
internal static class DotProducts
{
    private const int Four = 4;

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
        bool inFours = Avx512F.IsSupported && inputs > 0 && inputs % Vector512<float>.Count == 0;
        int first = 0;
        if (inFours && outputs == 1)
        {
            for (; first + Four <= rows; first += Four)
            {
                Vector128<float> sums = FourDots(ref Unsafe.Add(ref px, first * inputs), ref pw, inputs);
                (Vector128.Create(bias[0]) + sums).StoreUnsafe(ref y[first]);
            }
        }
        for (int row = first; row < rows; row++)
        {
            ref float values = ref Unsafe.Add(ref px, row * inputs);
            int output = 0;
            for (; inFours && output + Four <= outputs; output += Four)
            {
                Vector128<float> sums = FourDots(ref Unsafe.Add(ref pw, output * inputs), ref values, inputs);
                Vector128<float> biases = Vector128.LoadUnsafe(in bias[output]);
                (biases + sums).StoreUnsafe(ref y[row * outputs + output]);
            }
            for (; output < outputs; output++)
            {
                y[row * outputs + output] = bias[output] + Dot(ref values, ref Unsafe.Add(ref pw, output * inputs), inputs);
            }
        }
    }

    /// <summary>Products of four neighbouring rows with b, whose sums go through the registers together; the bits of <see cref="Dot"/>.</summary>
    /// <param name="rows">Rows of <paramref name="length"/> floats.</param>
    /// <param name="b">The other factor.</param>
    /// <param name="length">A multiple of 16.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> FourDots(ref float rows, ref float b, int length)
    {
        Vector512<float> s0 = Vector512<float>.Zero;
        Vector512<float> s1 = Vector512<float>.Zero;
        Vector512<float> s2 = Vector512<float>.Zero;
        Vector512<float> s3 = Vector512<float>.Zero;
        for (int i = 0; i < length; i += Vector512<float>.Count)
        {
            Vector512<float> other = Simd512.Load(ref b, i);
            s0 = Vector512.FusedMultiplyAdd(Simd512.Load(ref rows, i), other, s0);
            s1 = Vector512.FusedMultiplyAdd(Simd512.Load(ref rows, i + length), other, s1);
            s2 = Vector512.FusedMultiplyAdd(Simd512.Load(ref rows, i + 2 * length), other, s2);
            s3 = Vector512.FusedMultiplyAdd(Simd512.Load(ref rows, i + 3 * length), other, s3);
        }
        // Neighbours are added, then pairs of them, in each quarter of a register; then the quarters.
        const byte even = 0x88;
        const byte odd = 0xDD;
        Vector512<float> first = Avx512F.Shuffle(s0, s1, even) + Avx512F.Shuffle(s0, s1, odd);
        Vector512<float> second = Avx512F.Shuffle(s2, s3, even) + Avx512F.Shuffle(s2, s3, odd);
        Vector512<float> quarters = Avx512F.Shuffle(first, second, even) + Avx512F.Shuffle(first, second, odd);
        Vector256<float> lower = quarters.GetLower();
        Vector256<float> upper = quarters.GetUpper();
        return (lower.GetLower() + lower.GetUpper()) + (upper.GetLower() + upper.GetUpper());
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
