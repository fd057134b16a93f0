using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Agents.Kernels;

/// <summary>Sums, products and the like of two arrays, number by number.</summary>
/// <remarks>
/// The same bits as TensorPrimitives gives, whose forms for every width and length take several times as long to compile as these, at each start.
/// </remarks>
internal static class Arithmetic
{
    /// <summary>Writes y = f(a, b) of spans of one length; y may be either.</summary>
    public static void Apply<TFunction>(ReadOnlySpan<float> a, ReadOnlySpan<float> b, Span<float> y)
        where TFunction : struct, IBinaryFunction
    {
        if (a.Length != b.Length)
        {
            throw new ArgumentException($"{a.Length} numbers and {b.Length} do not go together.");
        }
        RequireRoom(a.Length, y.Length);
        Run<TFunction>(a, ref MemoryMarshal.GetReference(b), isOne: false, ref MemoryMarshal.GetReference(y));
    }

    /// <summary>Writes y = f(a, b) of one b; y may be a.</summary>
    public static void Apply<TFunction>(ReadOnlySpan<float> a, float b, Span<float> y)
        where TFunction : struct, IBinaryFunction
    {
        RequireRoom(a.Length, y.Length);
        Run<TFunction>(a, ref b, isOne: true, ref MemoryMarshal.GetReference(y));
    }

    /// <summary>Writes y = f(a, row) for each row of a, which has as many numbers as <paramref name="row"/>; y may be a.</summary>
    public static void ApplyToRows<TFunction>(ReadOnlySpan<float> a, ReadOnlySpan<float> row, Span<float> y)
        where TFunction : struct, IBinaryFunction
    {
        RequireRoom(a.Length, y.Length);
        for (int start = 0; start < a.Length; start += row.Length)
        {
            ReadOnlySpan<float> values = a.Slice(start, row.Length);
            Run<TFunction>(
                values,
                ref MemoryMarshal.GetReference(row),
                isOne: false,
                ref Unsafe.Add(ref MemoryMarshal.GetReference(y), start)
            );
        }
    }

    /// <summary>The sum of all numbers.</summary>
    public static float Sum(ReadOnlySpan<float> values)
    {
        if (values.Length >= Vector128<float>.Count)
        {
            return TensorPrimitives.Sum(values);
        }
        float sum = 0;
        for (int i = values.Length - 1; i >= 0; i--)
        {
            sum += values[i];
        }
        return sum;
    }

    private static void Run<TFunction>(ReadOnlySpan<float> values, ref float b, bool isOne, ref float y)
        where TFunction : struct, IBinaryFunction
    {
        ref float a = ref MemoryMarshal.GetReference(values);
        int i = 0;
        if (Vector512.IsHardwareAccelerated && values.Length >= Vector512<float>.Count)
        {
            Vector512<float> one = Vector512.Create(b);
            for (; i + Vector512<float>.Count <= values.Length; i += Vector512<float>.Count)
            {
                Simd512.Store(TFunction.Of(Simd512.Load(ref a, i), isOne ? one : Simd512.Load(ref b, i)), ref y, i);
            }
        }
        if (i + Vector256<float>.Count <= values.Length)
        {
            Vector256<float> one = Vector256.Create(b);
            for (; i + Vector256<float>.Count <= values.Length; i += Vector256<float>.Count)
            {
                Simd256.Store(TFunction.Of(Simd256.Load(ref a, i), isOne ? one : Simd256.Load(ref b, i)), ref y, i);
            }
        }
        for (; i < values.Length; i++)
        {
            Unsafe.Add(ref y, i) = TFunction.Of(values[i], isOne ? b : Unsafe.Add(ref b, i));
        }
    }

    private static void RequireRoom(int count, int room)
    {
        if (count > room)
        {
            throw new ArgumentException($"{count} numbers do not fit {room}.");
        }
    }
}
