using System.Numerics;
using System.Runtime.InteropServices;

namespace Learners.Optimizers.Kfac;

/// <summary>Eigenvalues and eigenvectors of a symmetric matrix: Householder's reduction to three diagonals, then implicit QL.</summary>
/// <remarks>
/// Golub and Van Loan, Matrix Computations, algorithms 8.3.1 and 8.3.3. The vectors lie in rows, so that every step runs along contiguous
/// numbers; shifts and rotations are computed in float64 whatever the matrix is.
/// </remarks>
internal static class SymmetricEigen
{
    private const int MaxSweepsPerValue = 60;

    /// <summary>Decomposes in place: M = Σ_k values[k] v_k v_kᵀ.</summary>
    /// <param name="matrix">M on entry, <c>[n, n]</c> symmetric; v_k in row k on return, orthonormal.</param>
    /// <param name="values">Destination, <c>[n]</c>, in no particular order.</param>
    /// <param name="scratch">At least 3 n numbers.</param>
    /// <returns>False where M is not finite or the iteration does not converge; the matrix is then worthless.</returns>
    public static bool TryDecompose<T>(Span<T> matrix, Span<T> values, Span<double> scratch)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        int n = values.Length;
        Span<double> diagonal = scratch[..n];
        Span<double> beside = scratch.Slice(n, n);
        Span<double> factors = scratch.Slice(2 * n, n);
        double norm = Math.Sqrt(double.CreateTruncating(Matrices.Dot<T>(matrix, matrix)));
        if (!double.IsFinite(norm))
        {
            return false;
        }
        // What is smaller than this beside the diagonal is rounding; reflections along it would divide by squares that underflow.
        Reduce(matrix, diagonal, beside, factors, values, PrecisionOf<T>() * norm / n);
        FormVectors(matrix, factors, n);
        if (!Iterate(matrix, diagonal, beside))
        {
            return false;
        }
        for (int i = 0; i < n; i++)
        {
            values[i] = T.CreateTruncating(diagonal[i]);
        }
        return true;
    }

    // Row k keeps the vector of the k-th reflection, right of the diagonal.
    private static void Reduce<T>(
        Span<T> a,
        Span<double> diagonal,
        Span<double> beside,
        Span<double> factors,
        Span<T> w,
        double negligible
    )
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        int n = diagonal.Length;
        for (int k = 0; k < n - 2; k++)
        {
            int rest = n - k - 1;
            diagonal[k] = double.CreateTruncating(a[k * n + k]);
            Span<T> v = a.Slice(k * n + k + 1, rest);
            double length = Math.Sqrt(double.CreateTruncating(Matrices.Dot<T>(v, v)));
            if (length <= negligible)
            {
                beside[k] = factors[k] = 0;
                continue;
            }
            double first = double.CreateTruncating(v[0]);
            double target = first > 0 ? -length : length;
            beside[k] = target;
            v[0] = T.CreateTruncating(first - target);
            double square = double.CreateTruncating(Matrices.Dot<T>(v, v));
            double beta = 2 / square;
            factors[k] = beta;
            Span<T> p = w[..rest];
            for (int i = 0; i < rest; i++)
            {
                p[i] = Matrices.Dot<T>(a.Slice((k + 1 + i) * n + k + 1, rest), v);
            }
            T factor = T.CreateTruncating(beta);
            double overlap = beta * double.CreateTruncating(Matrices.Dot<T>(v, p));
            T half = T.CreateTruncating(beta * overlap / 2);
            for (int i = 0; i < rest; i++)
            {
                p[i] = factor * p[i] - half * v[i];
            }
            for (int i = 0; i < rest; i++)
            {
                Subtract(a.Slice((k + 1 + i) * n + k + 1, rest), v[i], p, p[i], v);
            }
        }
        if (n > 1)
        {
            diagonal[n - 2] = double.CreateTruncating(a[(n - 2) * n + n - 2]);
            beside[n - 2] = double.CreateTruncating(a[(n - 2) * n + n - 1]);
        }
        diagonal[n - 1] = double.CreateTruncating(a[n * n - 1]);
        beside[n - 1] = 0;
    }

    // Qᵀ from the reflections, last to first, each on the part that it reaches.
    private static void FormVectors<T>(Span<T> a, ReadOnlySpan<double> factors, int n)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        a[n * n - 1] = T.One;
        if (n > 1)
        {
            a[(n - 1) * n + n - 2] = a[(n - 2) * n + n - 1] = T.Zero;
            a[(n - 2) * n + n - 2] = T.One;
        }
        for (int k = n - 3; k >= 0; k--)
        {
            int rest = n - k - 1;
            Span<T> v = a.Slice(k * n + k + 1, rest);
            T factor = T.CreateTruncating(factors[k]);
            for (int i = 0; i < rest && factors[k] != 0; i++)
            {
                Span<T> row = a.Slice((k + 1 + i) * n + k + 1, rest);
                Matrices.AddScaled(-factor * Matrices.Dot<T>(row, v), v, row);
            }
            v.Clear();
            a[k * n + k] = T.One;
            for (int i = k + 1; i < n; i++)
            {
                a[i * n + k] = T.Zero;
            }
        }
    }

    private static bool Iterate<T>(Span<T> vectors, Span<double> d, Span<double> e)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        int n = d.Length;
        double precision = PrecisionOf<T>();
        for (int l = 0; l < n; l++)
        {
            for (int sweep = 0; ; sweep++)
            {
                int m = l;
                while (m < n - 1 && Math.Abs(e[m]) > precision * (Math.Abs(d[m]) + Math.Abs(d[m + 1])))
                {
                    m++;
                }
                if (m == l)
                {
                    break;
                }
                if (sweep == MaxSweepsPerValue)
                {
                    return false;
                }
                Sweep(vectors, d, e, l, m);
            }
            if (!double.IsFinite(d[l]))
            {
                return false;
            }
        }
        return true;
    }

    private static double PrecisionOf<T>()
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => double.CreateTruncating(T.BitIncrement(T.One) - T.One) / 2;

    // One implicit QL step with Wilkinson's shift on rows l to m.
    private static void Sweep<T>(Span<T> vectors, Span<double> d, Span<double> e, int l, int m)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        int n = d.Length;
        double shift = (d[l + 1] - d[l]) / (2 * e[l]);
        double root = Math.Sqrt(shift * shift + 1);
        double g = d[m] - d[l] + e[l] / (shift + Math.CopySign(root, shift));
        double sine = 1;
        double cosine = 1;
        double p = 0;
        for (int i = m - 1; i >= l; i--)
        {
            double f = sine * e[i];
            double b = cosine * e[i];
            double r = Math.Sqrt(f * f + g * g);
            e[i + 1] = r;
            if (r == 0)
            {
                d[i + 1] -= p;
                e[m] = 0;
                return;
            }
            double inverse = 1 / r;
            sine = f * inverse;
            cosine = g * inverse;
            g = d[i + 1] - p;
            r = (d[i] - g) * sine + 2 * cosine * b;
            p = sine * r;
            d[i + 1] = g + p;
            g = cosine * r - b;
            Rotate(vectors.Slice(i * n, n), vectors.Slice((i + 1) * n, n), T.CreateTruncating(cosine), T.CreateTruncating(sine));
        }
        d[l] -= p;
        e[l] = g;
        e[m] = 0;
    }

    private static void Rotate<T>(Span<T> lower, Span<T> upper, T cosine, T sine)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ref T pl = ref MemoryMarshal.GetReference(lower);
        ref T pu = ref MemoryMarshal.GetReference(upper);
        var c = new Vector<T>(cosine);
        var s = new Vector<T>(sine);
        int k = 0;
        for (; k + Vector<T>.Count <= lower.Length; k += Vector<T>.Count)
        {
            Vector<T> x = Vector.LoadUnsafe(ref pl, (nuint)k);
            Vector<T> y = Vector.LoadUnsafe(ref pu, (nuint)k);
            (s * x + c * y).StoreUnsafe(ref pu, (nuint)k);
            (c * x - s * y).StoreUnsafe(ref pl, (nuint)k);
        }
        for (; k < lower.Length; k++)
        {
            (lower[k], upper[k]) = (cosine * lower[k] - sine * upper[k], sine * lower[k] + cosine * upper[k]);
        }
    }

    // row −= a x + b y.
    private static void Subtract<T>(Span<T> row, T a, ReadOnlySpan<T> x, T b, ReadOnlySpan<T> y)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ref T pr = ref MemoryMarshal.GetReference(row);
        ref T px = ref MemoryMarshal.GetReference(x);
        ref T py = ref MemoryMarshal.GetReference(y);
        var va = new Vector<T>(a);
        var vb = new Vector<T>(b);
        int i = 0;
        for (; i + Vector<T>.Count <= row.Length; i += Vector<T>.Count)
        {
            Vector<T> change = va * Vector.LoadUnsafe(ref px, (nuint)i) + vb * Vector.LoadUnsafe(ref py, (nuint)i);
            (Vector.LoadUnsafe(ref pr, (nuint)i) - change).StoreUnsafe(ref pr, (nuint)i);
        }
        for (; i < row.Length; i++)
        {
            row[i] -= a * x[i] + b * y[i];
        }
    }
}
