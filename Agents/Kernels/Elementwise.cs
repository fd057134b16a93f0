using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Agents.Kernels;

/// <summary>Activations and their derivatives over whole buffers.</summary>
internal static class Elementwise
{
    /// <summary>x ← tanh x, by a rational function of degrees 13 and 6 on ±7.998 811 7 (beyond it the result is ±1 to the last bit).</summary>
    /// <remarks>Within 4e-7 of the true value. Coefficients of the minimax fit that Eigen's float32 tanh uses.</remarks>
    public static void Tanh(Span<float> values) => Tanh(values, values);

    /// <summary>y = tanh x; both may be one span.</summary>
    /// <inheritdoc cref="Tanh(Span{float})"/>
    public static void Tanh(ReadOnlySpan<float> x, Span<float> y)
    {
        if (Vector512.IsHardwareAccelerated)
        {
            Apply<Simd512, Vector512<float>>(x, y, sigmoid: false);
        }
        else
        {
            Apply<Simd256, Vector256<float>>(x, y, sigmoid: false);
        }
    }

    /// <summary>x ← σ(x) = (1 + tanh(x / 2)) / 2, within 2e-7 of the true value.</summary>
    public static void Sigmoid(Span<float> values) => Sigmoid(values, values);

    /// <summary>y = σ(x); both may be one span.</summary>
    /// <inheritdoc cref="Sigmoid(Span{float})"/>
    public static void Sigmoid(ReadOnlySpan<float> x, Span<float> y)
    {
        if (Vector512.IsHardwareAccelerated)
        {
            Apply<Simd512, Vector512<float>>(x, y, sigmoid: true);
        }
        else
        {
            Apply<Simd256, Vector256<float>>(x, y, sigmoid: true);
        }
    }

    private static void Apply<TSimd, TVector>(ReadOnlySpan<float> values, Span<float> results, bool sigmoid)
        where TSimd : struct, ISimd<TVector>
        where TVector : struct
    {
        RequireRoom(values.Length, results.Length);
        ref float x = ref MemoryMarshal.GetReference(values);
        ref float y = ref MemoryMarshal.GetReference(results);
        int i = 0;
        for (; i + TSimd.Width <= values.Length; i += TSimd.Width)
        {
            TSimd.Store(Value(TSimd.Load(ref x, i), sigmoid), ref y, i);
        }
        if (i < values.Length)
        {
            // The rest fills a part of a register, so that a number's place in the buffer does not matter.
            Span<float> padded = stackalloc float[TSimd.Width];
            values[i..].CopyTo(padded);
            ref float first = ref MemoryMarshal.GetReference(padded);
            TSimd.Store(Value(TSimd.Load(ref first, 0), sigmoid), ref first, 0);
            padded[..(values.Length - i)].CopyTo(results[i..]);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        static TVector Value(TVector x, bool sigmoid)
        {
            if (!sigmoid)
            {
                return TanhOf<TSimd, TVector>(x);
            }
            TVector half = TSimd.Broadcast(0.5f);
            return TSimd.MultiplyAdd(TanhOf<TSimd, TVector>(TSimd.Multiply(x, half)), half, half);
        }
    }

    /// <summary>y = exp x; both may be one span. The bits of TensorPrimitives, for the reason that <see cref="Arithmetic"/> has.</summary>
    public static void Exp(ReadOnlySpan<float> x, Span<float> y)
    {
        RequireRoom(x.Length, y.Length);
        if (x.Length < Vector128<float>.Count)
        {
            for (int j = 0; j < x.Length; j++)
            {
                y[j] = MathF.Exp(x[j]);
            }
            return;
        }
        ref float first = ref MemoryMarshal.GetReference(x);
        ref float result = ref MemoryMarshal.GetReference(y);
        Span<float> padded = stackalloc float[Vector512<float>.Count];
        for (int i = 0; i < x.Length; i += Vector512<float>.Count)
        {
            bool isWhole = i + Vector512<float>.Count <= x.Length;
            if (!isWhole)
            {
                x[i..].CopyTo(padded);
            }
            ref float source = ref isWhole ? ref Unsafe.Add(ref first, i) : ref MemoryMarshal.GetReference(padded);
            Vector512<float> power = Vector512.Exp(Simd512.Load(ref source, 0));
            if (isWhole)
            {
                Simd512.Store(power, ref result, i);
            }
            else
            {
                Simd512.Store(power, ref source, 0);
                padded[..(x.Length - i)].CopyTo(y[i..]);
            }
        }
    }

    /// <summary>x ← max(0, x).</summary>
    public static void Relu(Span<float> values) => Arithmetic.Apply<GreaterOf>(values, 0f, values);

    /// <summary>g ← g (1 − y²): the gradient before tanh from the one behind it and its output y.</summary>
    public static void TanhGradient(ReadOnlySpan<float> outputs, Span<float> gradients) =>
        TanhGradient(outputs, gradients, gradients);

    /// <summary>As the other form, into a destination of its own.</summary>
    public static void TanhGradient(ReadOnlySpan<float> outputs, ReadOnlySpan<float> gradients, Span<float> results)
    {
        RequireRoom(gradients.Length, outputs.Length);
        RequireRoom(gradients.Length, results.Length);
        ref float y = ref MemoryMarshal.GetReference(outputs);
        ref float g = ref MemoryMarshal.GetReference(gradients);
        ref float r = ref MemoryMarshal.GetReference(results);
        int i = 0;
        if (Vector512.IsHardwareAccelerated)
        {
            for (; i + Vector512<float>.Count <= gradients.Length; i += Vector512<float>.Count)
            {
                Vector512<float> output = Simd512.Load(ref y, i);
                Simd512.Store(Simd512.Load(ref g, i) * (Vector512<float>.One - output * output), ref r, i);
            }
        }
        for (; i + Vector256<float>.Count <= gradients.Length; i += Vector256<float>.Count)
        {
            Vector256<float> output = Simd256.Load(ref y, i);
            Simd256.Store(Simd256.Load(ref g, i) * (Vector256<float>.One - output * output), ref r, i);
        }
        for (; i < gradients.Length; i++)
        {
            results[i] = gradients[i] * (1 - outputs[i] * outputs[i]);
        }
    }

    /// <summary>g ← g where y &gt; 0, else 0: the gradient before the rectifier from the one behind it and its output y.</summary>
    public static void ReluGradient(ReadOnlySpan<float> outputs, Span<float> gradients) =>
        ReluGradient(outputs, gradients, gradients);

    /// <summary>As the other form, into a destination of its own.</summary>
    public static void ReluGradient(ReadOnlySpan<float> outputs, ReadOnlySpan<float> gradients, Span<float> results)
    {
        RequireRoom(gradients.Length, outputs.Length);
        RequireRoom(gradients.Length, results.Length);
        ref float y = ref MemoryMarshal.GetReference(outputs);
        ref float g = ref MemoryMarshal.GetReference(gradients);
        ref float r = ref MemoryMarshal.GetReference(results);
        int i = 0;
        for (; i + Vector256<float>.Count <= gradients.Length; i += Vector256<float>.Count)
        {
            Vector256<float> positive = Vector256.GreaterThan(Simd256.Load(ref y, i), Vector256<float>.Zero);
            Simd256.Store(Simd256.Load(ref g, i) & positive, ref r, i);
        }
        for (; i < gradients.Length; i++)
        {
            results[i] = outputs[i] > 0 ? gradients[i] : 0;
        }
    }

    private static void RequireRoom(int count, int room)
    {
        if (count > room)
        {
            throw new ArgumentException($"{count} numbers do not fit {room}.");
        }
    }

    /// <summary>sums[n] += Σ_m values[m, n]: the gradient of a bias.</summary>
    public static void AddColumnSums(ReadOnlySpan<float> values, Span<float> sums)
    {
        ref float v = ref MemoryMarshal.GetReference(values);
        ref float s = ref MemoryMarshal.GetReference(sums);
        int columns = sums.Length;
        int rows = values.Length / columns;
        int column = Vector512.IsHardwareAccelerated
            ? AddColumnSums<Simd512, Vector512<float>>(ref v, ref s, 0, columns, rows)
            : 0;
        column = AddColumnSums<Simd256, Vector256<float>>(ref v, ref s, column, columns, rows);
        for (; column < columns; column++)
        {
            float sum = 0;
            for (int row = 0; row < rows; row++)
            {
                sum += Unsafe.Add(ref v, row * columns + column);
            }
            sums[column] += sum;
        }
    }

    private static int AddColumnSums<TSimd, TVector>(ref float values, ref float sums, int first, int columns, int rows)
        where TSimd : struct, ISimd<TVector>
        where TVector : struct
    {
        int column = first;
        for (; column + TSimd.Width <= columns; column += TSimd.Width)
        {
            // Two sums, so that one addition need not wait for the other.
            TVector even = TSimd.Load(ref sums, column);
            TVector odd = default;
            int row = 0;
            for (; row + 2 <= rows; row += 2)
            {
                even = TSimd.Add(even, TSimd.Load(ref values, row * columns + column));
                odd = TSimd.Add(odd, TSimd.Load(ref values, (row + 1) * columns + column));
            }
            if (row < rows)
            {
                even = TSimd.Add(even, TSimd.Load(ref values, row * columns + column));
            }
            TSimd.Store(TSimd.Add(even, odd), ref sums, column);
        }
        return column;
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
        return TSimd.Multiply(TSimd.Multiply(x, p), TSimd.Reciprocal(q));
    }
}
