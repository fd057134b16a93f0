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

    // Share of the greatest eigenvalue that refining adds to all: keeps rows apart from each other's rounding.
    private const double Shift = 1e-3;

    // Steps of orthogonal iteration before a decomposition, which takes as long as six.
    private const int MaxSteps = 2;

    private readonly double[] _scratch = new double[3 * size];
    private readonly T[] _products = new T[size * size];
    private readonly int[] _order = new int[size];
    private readonly T[] _keys = new T[size];

    /// <summary>Eigenvector k in row k, <c>[n, n]</c>.</summary>
    public T[] Rows { get; } = new T[size * size];

    /// <summary>Eigenvector k in column k, <c>[n, n]</c>.</summary>
    public T[] Columns { get; } = new T[size * size];

    /// <summary>
    /// Eigenvalues, <c>[n]</c>, each 0 or at least 1e-6, falling; after refining, what the factor is along each vector, falling nearly.
    /// </summary>
    public T[] Values { get; } = new T[size];

    /// <summary>Sum of the eigenvalues.</summary>
    public T Trace => TensorPrimitives.Sum<T>(Values);

    /// <summary>Decomposes the matrix that lies in <see cref="Rows"/>.</summary>
    /// <returns>False where it cannot be done; the basis is then worthless.</returns>
    public bool TryDecompose()
    {
        if (!SymmetricEigen.TryDecompose<T>(Rows, _keys, _scratch))
        {
            return false;
        }
        Rows.CopyTo(_products, 0);
        Order(_keys, _products, Rows);
        for (int k = 0; k < size; k++)
        {
            Values[k] = -_keys[k];
        }
        Complete();
        return true;
    }

    /// <summary>
    /// Makes an earlier basis fit the matrix M that lies in <see cref="Rows"/>, by a step of orthogonal iteration or two, Q ← orth((M + s I) Q)
    /// (Golub and Van Loan, Matrix Computations, section 7.3.2; for a preconditioner Vyas et al. 2024, "SOAP", algorithm 4), and takes
    /// qᵀ M q for eigenvalues (George et al. 2018, "Fast approximate natural gradient descent in a Kronecker-factored eigenbasis").
    /// </summary>
    /// <remarks>Matrix products, hence several times faster than a decomposition.</remarks>
    /// <param name="earlier">Orthonormal basis of before; not changed.</param>
    /// <param name="tolerance">Frobenius norm that may remain beside the diagonal of Qᵀ M Q, in norms of M.</param>
    /// <returns>False where more remains, or M is not finite; <see cref="Rows"/> then still hold M.</returns>
    public bool TryRefine(EigenBasis<T> earlier, double tolerance)
    {
        double squaredNorm = double.CreateTruncating(Matrices.Dot<T>(Rows, Rows));
        if (!double.IsFinite(squaredNorm))
        {
            return false;
        }
        earlier.Values.CopyTo(_keys, 0);
        Order(_keys, earlier.Rows, Columns); // values may have overtaken each other
        T shift = -_keys[0] * T.CreateChecked(Shift);
        for (int step = 0; step <= MaxSteps; step++)
        {
            Matrices.Multiply<T>(Columns, size, 1, Rows, _products, size, size, size);
            if (step > 0 && squaredNorm - SeenSquares() <= tolerance * tolerance * squaredNorm)
            {
                Columns.CopyTo(Rows, 0);
                Complete();
                return true;
            }
            Matrices.AddScaled(shift, Columns, _products);
            if (!Orthonormal.TryMakeRows<T>(_products, size, Columns))
            {
                return false;
            }
            _products.CopyTo(Columns, 0);
        }
        return false;
    }

    // Takes what the factor is along each vector for its value, and returns the sum of their squares; not a number where one is none.
    private double SeenSquares()
    {
        double seen = 0;
        for (int k = 0; k < size; k++)
        {
            Values[k] = Matrices.Dot<T>(_products.AsSpan(k * size, size), Columns.AsSpan(k * size, size));
            double value = double.CreateTruncating(Values[k]);
            seen += value * value;
        }
        return seen;
    }

    // Copies rows in falling order of their values, and leaves the values negative in rising order.
    private void Order(T[] values, T[] rows, T[] destination)
    {
        for (int k = 0; k < size; k++)
        {
            (_order[k], values[k]) = (k, -values[k]);
        }
        Array.Sort(values, _order);
        for (int k = 0; k < size; k++)
        {
            rows.AsSpan(_order[k] * size, size).CopyTo(destination.AsSpan(k * size));
        }
    }

    private void Complete()
    {
        Matrices.Transpose<T>(Rows, Columns, size, size);
        foreach (ref T value in Values.AsSpan())
        {
            value = value < Smallest ? T.Zero : value;
        }
    }
}
