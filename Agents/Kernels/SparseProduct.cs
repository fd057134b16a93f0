using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Agents.Kernels;

/// <summary>Products with inputs that are mostly 0, such as one-hot vectors and planes of flags: work is done for the other inputs only.</summary>
/// <remarks>
/// Input e meets some rows of a weight, and each of these contributes to some row of the output: pair p in starts[e] .. starts[e + 1] says
/// that row <c>weights[p]</c> of the weight times the input is added to row <c>outputs[p]</c>. Offsets are in floats. Sums run over the
/// inputs in their order, so that a row gives the same bits alone and in a batch.
/// </remarks>
internal static class SparseProduct
{
    private const int MaskBits = 64;

    /// <summary>y[outputs[p] ..] += x[e] weight[weights[p] ..] over all pairs, rows of <paramref name="length"/> floats.</summary>
    /// <param name="x">Inputs of one row of the batch.</param>
    /// <param name="starts">First pair of each input, and their number at the end.</param>
    /// <param name="outputs">First float of a pair's row in <paramref name="y"/>.</param>
    /// <param name="weights">First float of a pair's row in <paramref name="weight"/>.</param>
    /// <param name="weight">Rows of the weight.</param>
    /// <param name="y">Destination; starts as the bias, say.</param>
    /// <param name="length">Floats in a row.</param>
    public static void Add(
        ReadOnlySpan<float> x,
        ReadOnlySpan<int> starts,
        ReadOnlySpan<int> outputs,
        ReadOnlySpan<int> weights,
        ReadOnlySpan<float> weight,
        Span<float> y,
        int length
    )
    {
        RequireTable(x, starts, outputs, weights);
        Run(
            x,
            starts,
            ref MemoryMarshal.GetReference(weights),
            ref MemoryMarshal.GetReference(outputs),
            ref MemoryMarshal.GetReference(weight),
            ref MemoryMarshal.GetReference(y),
            length
        );
    }

    /// <summary>gradient[weights[p] ..] += x[e] outputGradient[outputs[p] ..] over all pairs: the gradient of the weight.</summary>
    /// <inheritdoc cref="Add"/>
    public static void AddWeightGradient(
        ReadOnlySpan<float> x,
        ReadOnlySpan<int> starts,
        ReadOnlySpan<int> outputs,
        ReadOnlySpan<int> weights,
        ReadOnlySpan<float> outputGradient,
        Span<float> gradient,
        int length
    )
    {
        RequireTable(x, starts, outputs, weights);
        Run(
            x,
            starts,
            ref MemoryMarshal.GetReference(outputs),
            ref MemoryMarshal.GetReference(weights),
            ref MemoryMarshal.GetReference(outputGradient),
            ref MemoryMarshal.GetReference(gradient),
            length
        );
    }

    /// <summary>gradient[o, e] += x[e] outputGradient[o]: the gradient of a dense layer's weight from one row.</summary>
    /// <param name="x">Inputs, <c>[inputs]</c>.</param>
    /// <param name="outputGradient"><c>[outputs]</c>.</param>
    /// <param name="gradient">Added to, <c>[outputs, inputs]</c>.</param>
    public static void AddOuter(ReadOnlySpan<float> x, ReadOnlySpan<float> outputGradient, Span<float> gradient)
    {
        if (gradient.Length < (long)x.Length * outputGradient.Length)
        {
            throw new ArgumentException(
                $"{outputGradient.Length} outputs of {x.Length} inputs do not fit {gradient.Length} floats.",
                nameof(gradient)
            );
        }
        ref float input = ref MemoryMarshal.GetReference(x);
        ref float g = ref MemoryMarshal.GetReference(gradient);
        for (int first = 0; first < x.Length; first += MaskBits)
        {
            for (ulong mask = NonZeros(ref input, first, x.Length); mask != 0; mask &= mask - 1)
            {
                int element = first + BitOperations.TrailingZeroCount(mask);
                float value = x[element];
                ref float column = ref Unsafe.Add(ref g, element);
                for (int o = 0; o < outputGradient.Length; o++)
                {
                    column += value * outputGradient[o];
                    column = ref Unsafe.Add(ref column, x.Length);
                }
            }
        }
    }

    private static void Run(
        ReadOnlySpan<float> x,
        ReadOnlySpan<int> starts,
        ref int sources,
        ref int destinations,
        ref float source,
        ref float destination,
        int length
    )
    {
        if (Vector512.IsHardwareAccelerated && length >= Vector512<float>.Count)
        {
            Run<Simd512, Vector512<float>>(x, starts, ref sources, ref destinations, ref source, ref destination, length);
        }
        else
        {
            Run<Simd256, Vector256<float>>(x, starts, ref sources, ref destinations, ref source, ref destination, length);
        }
    }

    private static void Run<TSimd, TVector>(
        ReadOnlySpan<float> x,
        ReadOnlySpan<int> starts,
        ref int sources,
        ref int destinations,
        ref float source,
        ref float destination,
        int length
    )
        where TSimd : struct, ISimd<TVector>
        where TVector : struct
    {
        ref float input = ref MemoryMarshal.GetReference(x);
        for (int first = 0; first < x.Length; first += MaskBits)
        {
            for (ulong mask = NonZeros(ref input, first, x.Length); mask != 0; mask &= mask - 1)
            {
                int element = first + BitOperations.TrailingZeroCount(mask);
                float value = Unsafe.Add(ref input, element);
                TVector factor = TSimd.Broadcast(value);
                int last = starts[element + 1];
                for (int pair = starts[element]; pair < last; pair++)
                {
                    ref float from = ref Unsafe.Add(ref source, Unsafe.Add(ref sources, pair));
                    ref float to = ref Unsafe.Add(ref destination, Unsafe.Add(ref destinations, pair));
                    int i = 0;
                    for (; i + TSimd.Width <= length; i += TSimd.Width)
                    {
                        TSimd.Store(TSimd.MultiplyAdd(factor, TSimd.Load(ref from, i), TSimd.Load(ref to, i)), ref to, i);
                    }
                    for (; i < length; i++)
                    {
                        ref float sum = ref Unsafe.Add(ref to, i);
                        sum = float.FusedMultiplyAdd(value, Unsafe.Add(ref from, i), sum);
                    }
                }
            }
        }
    }

    /// <summary>Bit i is set where input first + i is not 0, of at most 64 inputs.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong NonZeros(ref float x, int first, int length)
    {
        ref float start = ref Unsafe.Add(ref x, first);
        int count = Math.Min(length - first, MaskBits);
        ulong mask = 0;
        int i = 0;
        if (Vector512.IsHardwareAccelerated)
        {
            for (; i + Vector512<float>.Count <= count; i += Vector512<float>.Count)
            {
                ulong zeros = Vector512.Equals(Simd512.Load(ref start, i), Vector512<float>.Zero).ExtractMostSignificantBits();
                mask |= (~zeros & 0xFFFF) << i;
            }
        }
        for (; i + Vector256<float>.Count <= count; i += Vector256<float>.Count)
        {
            uint zeros = Vector256.Equals(Simd256.Load(ref start, i), Vector256<float>.Zero).ExtractMostSignificantBits();
            mask |= (ulong)(~zeros & 0xFF) << i;
        }
        for (; i < count; i++)
        {
            mask |= Unsafe.Add(ref start, i) != 0 ? 1ul << i : 0;
        }
        return mask;
    }

    private static void RequireTable(
        ReadOnlySpan<float> x,
        ReadOnlySpan<int> starts,
        ReadOnlySpan<int> outputs,
        ReadOnlySpan<int> weights
    )
    {
        if (starts.Length != x.Length + 1 || outputs.Length != starts[^1] || weights.Length != starts[^1])
        {
            throw new ArgumentException(
                $"{x.Length} inputs need a table of as many and one starts; {starts.Length} were given, with {outputs.Length} and {weights.Length} pairs."
            );
        }
    }
}
