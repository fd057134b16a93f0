using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Agents.Kernels;

/// <summary>Activations and their derivatives over whole buffers.</summary>
internal static class Elementwise
{
    /// <summary>x ← tanh x, by a rational function of degrees 13 and 6 on ±7.998 811 7 (beyond it the result is ±1 to the last bit).</summary>
    /// <remarks>Within 4e-7 of the true value. Coefficients of the minimax fit that Eigen's float32 tanh uses.</remarks>
    public static void Tanh(Span<float> values)
    {
        ref float x = ref MemoryMarshal.GetReference(values);
        int i = 0;
        if (Vector512.IsHardwareAccelerated)
        {
            for (; i + Vector512<float>.Count <= values.Length; i += Vector512<float>.Count)
            {
                Simd512.Store(TanhOf<Simd512, Vector512<float>>(Simd512.Load(ref x, i)), ref x, i);
            }
        }
        for (; i + Vector256<float>.Count <= values.Length; i += Vector256<float>.Count)
        {
            Simd256.Store(TanhOf<Simd256, Vector256<float>>(Simd256.Load(ref x, i)), ref x, i);
        }
        for (; i < values.Length; i++)
        {
            // The same operations as in a register, so that a number's place in the buffer does not matter.
            Unsafe.Add(ref x, i) = TanhOf<Simd256, Vector256<float>>(Vector256.Create(Unsafe.Add(ref x, i))).ToScalar();
        }
    }

    /// <summary>x ← max(0, x).</summary>
    public static void Relu(Span<float> values) => System.Numerics.Tensors.TensorPrimitives.Max(values, 0f, values);

    /// <summary>g ← g (1 − y²): the gradient before tanh from the one behind it and its output y.</summary>
    public static void TanhGradient(ReadOnlySpan<float> outputs, Span<float> gradients)
    {
        if (gradients.Length > outputs.Length)
        {
            throw new ArgumentException(
                $"{gradients.Length} gradients need as many outputs; {outputs.Length} were given.",
                nameof(outputs)
            );
        }
        ref float y = ref MemoryMarshal.GetReference(outputs);
        ref float g = ref MemoryMarshal.GetReference(gradients);
        int i = 0;
        if (Vector512.IsHardwareAccelerated)
        {
            for (; i + Vector512<float>.Count <= gradients.Length; i += Vector512<float>.Count)
            {
                Vector512<float> output = Simd512.Load(ref y, i);
                Simd512.Store(Simd512.Load(ref g, i) * (Vector512<float>.One - output * output), ref g, i);
            }
        }
        for (; i + Vector256<float>.Count <= gradients.Length; i += Vector256<float>.Count)
        {
            Vector256<float> output = Simd256.Load(ref y, i);
            Simd256.Store(Simd256.Load(ref g, i) * (Vector256<float>.One - output * output), ref g, i);
        }
        for (; i < gradients.Length; i++)
        {
            gradients[i] *= 1 - outputs[i] * outputs[i];
        }
    }

    /// <summary>g ← g where y &gt; 0, else 0: the gradient before the rectifier from the one behind it and its output y.</summary>
    public static void ReluGradient(ReadOnlySpan<float> outputs, Span<float> gradients)
    {
        for (int i = 0; i < gradients.Length; i++)
        {
            gradients[i] = outputs[i] > 0 ? gradients[i] : 0;
        }
    }

    /// <summary>sums[n] += Σ_m values[m, n]: the gradient of a bias.</summary>
    public static void AddColumnSums(ReadOnlySpan<float> values, Span<float> sums)
    {
        for (; !values.IsEmpty; values = values[sums.Length..])
        {
            System.Numerics.Tensors.TensorPrimitives.Add(sums, values[..sums.Length], sums);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector TanhOf<TSimd, TVector>(TVector x)
        where TSimd : struct, ISimd<TVector>
        where TVector : struct
    {
        // x second: what is not a number stays so.
        x = TSimd.Max(TSimd.Broadcast(-7.99881172180175781f), TSimd.Min(TSimd.Broadcast(7.99881172180175781f), x));
        TVector x2 = TSimd.Multiply(x, x);
        TVector p = TSimd.MultiplyAdd(x2, TSimd.Broadcast(-2.76076847742355e-16f), TSimd.Broadcast(2.00018790482477e-13f));
        p = TSimd.MultiplyAdd(x2, p, TSimd.Broadcast(-8.60467152213735e-11f));
        p = TSimd.MultiplyAdd(x2, p, TSimd.Broadcast(5.12229709037114e-08f));
        p = TSimd.MultiplyAdd(x2, p, TSimd.Broadcast(1.48572235717979e-05f));
        p = TSimd.MultiplyAdd(x2, p, TSimd.Broadcast(6.37261928875436e-04f));
        p = TSimd.MultiplyAdd(x2, p, TSimd.Broadcast(4.89352455891786e-03f));
        TVector q = TSimd.MultiplyAdd(x2, TSimd.Broadcast(1.19825839466702e-06f), TSimd.Broadcast(1.18534705686654e-04f));
        q = TSimd.MultiplyAdd(x2, q, TSimd.Broadcast(2.26843463243900e-03f));
        q = TSimd.MultiplyAdd(x2, q, TSimd.Broadcast(4.89352518554385e-03f));
        return TSimd.Divide(TSimd.Multiply(x, p), q);
    }
}
