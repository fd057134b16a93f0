using System.Numerics;
using System.Numerics.Tensors;

namespace Learners.Optimizers.Kfac;

/// <summary>Makes the rows of a matrix orthonormal, each within the span of those up to itself.</summary>
/// <remarks>
/// Gram and Schmidt's method in blocks (Golub and Van Loan, Matrix Computations, section 5.2.8): a block is projected away from all rows
/// before it by two matrix products, and made orthonormal within itself row by row.
/// </remarks>
internal static class Orthonormal
{
    private const int BlockRows = 16;

    /// <summary>Works in place.</summary>
    /// <param name="matrix"><c>[n, n]</c>.</param>
    /// <param name="n">Rows and columns.</param>
    /// <param name="scratch">At least n² numbers.</param>
    /// <returns>False where a row depends on those before it, or is not finite; the matrix is then worthless.</returns>
    public static bool TryMakeRows<T>(Span<T> matrix, int n, Span<T> scratch)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        for (int first = 0; first < n; first += BlockRows)
        {
            int rows = Math.Min(BlockRows, n - first);
            Span<T> block = matrix.Slice(first * n, rows * n);
            if (first > 0)
            {
                RemoveSpan(matrix[..(first * n)], block, scratch, first, rows, n);
            }
            for (int row = 0; row < rows; row++)
            {
                if (!TryTakeRow(block, row, rows, n))
                {
                    return false;
                }
            }
        }
        return true;
    }

    // block −= (block doneᵀ) done. The product has done as its left side, which may be read with any strides; its result is transposed.
    private static void RemoveSpan<T>(Span<T> done, Span<T> block, Span<T> scratch, int first, int rows, int n)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Span<T> transposed = scratch[..(rows * n)];
        Span<T> overlaps = scratch.Slice(rows * n, first * rows);
        Matrices.Transpose<T>(block, transposed, rows, n);
        Matrices.Multiply<T>(done, n, 1, transposed, overlaps, first, rows, n);
        TensorPrimitives.Negate(overlaps, overlaps);
        Matrices.Multiply<T>(overlaps, 1, rows, done, block, rows, n, first, accumulate: true);
    }

    // Makes a row a unit vector and removes it from those after it, which do not wait for each other.
    private static bool TryTakeRow<T>(Span<T> block, int row, int rows, int n)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Span<T> current = block.Slice(row * n, n);
        T length = T.Sqrt(Matrices.Dot<T>(current, current));
        if (!(length > T.Zero) || !T.IsFinite(length))
        {
            return false;
        }
        TensorPrimitives.Multiply(current, T.One / length, current);
        for (int other = row + 1; other < rows; other++)
        {
            Span<T> next = block.Slice(other * n, n);
            Matrices.AddScaled(-Matrices.Dot<T>(current, next), current, next);
        }
        return true;
    }
}
