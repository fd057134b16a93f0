using System.Numerics;
using System.Numerics.Tensors;

namespace Learners.Optimizers.Kfac;

/// <summary>Eigenvectors and eigenvalues of a factor, both ways round. Owns its arrays and is refilled.</summary>
/// <param name="size">Rows of the factor, n.</param>
internal sealed class EigenBasis<T>(int size)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    // What rounding leaves of an eigenvalue of 0.
    private static readonly T Smallest = T.CreateChecked(1e-6);

    private readonly double[] _scratch = new double[3 * size];

    /// <summary>Eigenvector k in row k, <c>[n, n]</c>.</summary>
    public T[] Rows { get; } = new T[size * size];

    /// <summary>Eigenvector k in column k, <c>[n, n]</c>.</summary>
    public T[] Columns { get; } = new T[size * size];

    /// <summary>Eigenvalues, <c>[n]</c>, each 0 or at least 1e-6.</summary>
    public T[] Values { get; } = new T[size];

    /// <summary>Sum of the eigenvalues.</summary>
    public T Trace => TensorPrimitives.Sum<T>(Values);

    /// <summary>Decomposes the matrix that lies in <see cref="Rows"/>.</summary>
    /// <returns>False where it cannot be done; the basis is then worthless.</returns>
    public bool TryDecompose()
    {
        if (!SymmetricEigen.TryDecompose<T>(Rows, Values, _scratch))
        {
            return false;
        }
        Matrices.Transpose<T>(Rows, Columns, size, size);
        foreach (ref T value in Values.AsSpan())
        {
            value = value < Smallest ? T.Zero : value;
        }
        return true;
    }
}
