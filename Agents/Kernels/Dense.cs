using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Agents.Kernels;

/// <summary>Matrix products of the forward pass on plain arrays. The weight is transposed first, so that outputs lie along a vector register.</summary>
internal static class Dense
{
    /// <summary>Writes the transpose of a weight.</summary>
    /// <param name="weight"><c>[outputs, inputs]</c>.</param>
    /// <param name="transposed">Destination, <c>[inputs, outputs]</c>.</param>
    /// <param name="outputs">Rows of <paramref name="weight"/>.</param>
    public static void Transpose(ReadOnlySpan<float> weight, Span<float> transposed, int outputs)
    {
        int inputs = weight.Length / outputs;
        for (int o = 0; o < outputs; o++)
        {
            for (int i = 0; i < inputs; i++)
            {
                transposed[i * outputs + o] = weight[o * inputs + i];
            }
        }
    }

    /// <summary>y = x Wᵀ + b for a batch of rows.</summary>
    /// <param name="x"><c>[rows, inputs]</c>.</param>
    /// <param name="transposed">Wᵀ, <c>[inputs, outputs]</c>.</param>
    /// <param name="bias"><c>[outputs]</c>.</param>
    /// <param name="y">Destination, <c>[rows, outputs]</c>; must not overlap <paramref name="x"/>.</param>
    /// <param name="rows">Rows of the batch.</param>
    public static void Forward(
        ReadOnlySpan<float> x,
        ReadOnlySpan<float> transposed,
        ReadOnlySpan<float> bias,
        Span<float> y,
        int rows
    )
    {
        int outputs = bias.Length;
        int inputs = transposed.Length / outputs;
        if (x.Length < rows * inputs || y.Length < rows * outputs)
        {
            throw new ArgumentException(
                $"{rows} rows of {inputs} inputs and {outputs} outputs do not fit {x.Length} and {y.Length} floats."
            );
        }
        ref float input = ref MemoryMarshal.GetReference(x);
        ref float weights = ref MemoryMarshal.GetReference(transposed);
        ref float result = ref MemoryMarshal.GetReference(y);
        int row = 0;
        for (; row + 4 <= rows; row += 4)
        {
            FourRows(
                ref Unsafe.Add(ref input, row * inputs),
                ref weights,
                bias,
                ref Unsafe.Add(ref result, row * outputs),
                inputs,
                outputs
            );
        }
        for (; row < rows; row++)
        {
            OneRow(
                ref Unsafe.Add(ref input, row * inputs),
                ref weights,
                bias,
                ref Unsafe.Add(ref result, row * outputs),
                inputs,
                outputs
            );
        }
    }

    private static void FourRows(ref float x, ref float w, ReadOnlySpan<float> bias, ref float y, int inputs, int outputs)
    {
        ref float b = ref MemoryMarshal.GetReference(bias);
        int width = Vector<float>.Count;
        int o = 0;
        for (; o + width <= outputs; o += width)
        {
            Vector<float> y0 = Vector.LoadUnsafe(ref b, (nuint)o);
            Vector<float> y1 = y0;
            Vector<float> y2 = y0;
            Vector<float> y3 = y0;
            for (int i = 0; i < inputs; i++)
            {
                Vector<float> weight = Vector.LoadUnsafe(ref w, (nuint)(i * outputs + o));
                y0 = Vector.FusedMultiplyAdd(new Vector<float>(Unsafe.Add(ref x, i)), weight, y0);
                y1 = Vector.FusedMultiplyAdd(new Vector<float>(Unsafe.Add(ref x, inputs + i)), weight, y1);
                y2 = Vector.FusedMultiplyAdd(new Vector<float>(Unsafe.Add(ref x, 2 * inputs + i)), weight, y2);
                y3 = Vector.FusedMultiplyAdd(new Vector<float>(Unsafe.Add(ref x, 3 * inputs + i)), weight, y3);
            }
            y0.StoreUnsafe(ref y, (nuint)o);
            y1.StoreUnsafe(ref y, (nuint)(outputs + o));
            y2.StoreUnsafe(ref y, (nuint)(2 * outputs + o));
            y3.StoreUnsafe(ref y, (nuint)(3 * outputs + o));
        }
        for (int row = 0; row < 4; row++)
        {
            Tail(ref Unsafe.Add(ref x, row * inputs), ref w, ref b, ref Unsafe.Add(ref y, row * outputs), inputs, outputs, o);
        }
    }

    private static void OneRow(ref float x, ref float w, ReadOnlySpan<float> bias, ref float y, int inputs, int outputs)
    {
        ref float b = ref MemoryMarshal.GetReference(bias);
        int width = Vector<float>.Count;
        int o = 0;
        for (; o + width <= outputs; o += width)
        {
            Vector<float> sum = Vector.LoadUnsafe(ref b, (nuint)o);
            for (int i = 0; i < inputs; i++)
            {
                sum = Vector.FusedMultiplyAdd(
                    new Vector<float>(Unsafe.Add(ref x, i)),
                    Vector.LoadUnsafe(ref w, (nuint)(i * outputs + o)),
                    sum
                );
            }
            sum.StoreUnsafe(ref y, (nuint)o);
        }
        Tail(ref x, ref w, ref b, ref y, inputs, outputs, o);
    }

    // The outputs that do not fill a register. The same order of additions for every row count keeps acting equal to unrolling.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Tail(ref float x, ref float w, ref float b, ref float y, int inputs, int outputs, int first)
    {
        for (int o = first; o < outputs; o++)
        {
            float sum = Unsafe.Add(ref b, o);
            for (int i = 0; i < inputs; i++)
            {
                sum = float.FusedMultiplyAdd(Unsafe.Add(ref x, i), Unsafe.Add(ref w, i * outputs + o), sum);
            }
            Unsafe.Add(ref y, o) = sum;
        }
    }
}
