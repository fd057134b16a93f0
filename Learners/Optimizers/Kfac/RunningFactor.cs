using System.Numerics;
using System.Numerics.Tensors;
using Environments.State;

namespace Learners.Optimizers.Kfac;

/// <summary>One Kronecker factor: the running average of a second moment E[x xᵀ], and its latest eigenbasis.</summary>
/// <remarks>
/// A homogeneous factor has a constant 1 as its last coordinate (Martens and Grosse 2015, section 2.1), so that a layer's bias is the last
/// column of its weight. Products, sums and count are kept apart, and put together where the whole matrix is needed. Of products, which are
/// symmetric, only the diagonal and what lies above it counts.
/// </remarks>
internal sealed class RunningFactor<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly int _inputs;
    private readonly bool _homogeneous;
    private readonly T[] _products; // this batch: Σ x xᵀ
    private readonly T[] _sums; // Σ x
    private readonly T[] _meanProducts;
    private readonly T[] _meanSums;
    private readonly T[] _copiedProducts; // the averages that were last decomposed
    private readonly T[] _copiedSums;
    private T _count;
    private T _meanCount;
    private EigenBasis<T> _next;

    /// <summary>A factor at zero.</summary>
    /// <param name="inputs">Numbers of a row x.</param>
    /// <param name="homogeneous">Whether a 1 is appended to each.</param>
    public RunningFactor(int inputs, bool homogeneous)
    {
        _inputs = inputs;
        _homogeneous = homogeneous;
        Size = inputs + (homogeneous ? 1 : 0);
        _products = new T[inputs * inputs];
        _meanProducts = new T[inputs * inputs];
        _sums = new T[homogeneous ? inputs : 0];
        _meanSums = new T[_sums.Length];
        _copiedProducts = new T[_products.Length];
        _copiedSums = new T[_sums.Length];
        Basis = new EigenBasis<T>(Size);
        _next = new EigenBasis<T>(Size);
    }

    /// <summary>Rows of the factor, n.</summary>
    public int Size { get; }

    /// <summary>The latest eigenbasis.</summary>
    public EigenBasis<T> Basis { get; private set; }

    /// <summary>Whether the rows added since the last fold are finite, and their squares.</summary>
    public bool IsFinite
    {
        get
        {
            // No sum of products xᵢ xⱼ is greater than the mean of the sums of squares xᵢ² and xⱼ².
            T squares = T.Zero;
            for (int i = 0; i < _products.Length; i += _inputs + 1)
            {
                squares += _products[i];
            }
            return T.IsFinite(squares);
        }
    }

    /// <summary>Adds rows of this batch.</summary>
    /// <param name="rows"><c>[count, inputs]</c>.</param>
    /// <param name="count">Rows.</param>
    public void Add(ReadOnlySpan<T> rows, int count)
    {
        if (_inputs > 0)
        {
            Matrices.AddGram(rows, _products, _inputs, count);
            Matrices.AddColumnSums(rows[..(_homogeneous ? count * _inputs : 0)], _sums);
        }
        _count += T.CreateChecked(count);
    }

    /// <summary>Moves the average towards this batch: M ← (1 − share) M + share × scale × Σ x xᵀ, and starts a new batch.</summary>
    public void Fold(double scale, double share)
    {
        T factor = T.CreateChecked(scale * share);
        T keep = T.CreateChecked(1 - share);
        Matrices.Fold(_products, _meanProducts, keep, factor);
        Matrices.Fold(_sums, _meanSums, keep, factor);
        _meanCount = keep * _meanCount + factor * _count;
        _count = T.Zero;
    }

    /// <summary>Forgets this batch.</summary>
    public void Drop()
    {
        Array.Clear(_products);
        Array.Clear(_sums);
        _count = T.Zero;
    }

    /// <summary>Writes the average, <c>[n, n]</c>.</summary>
    public void CopyMean(Span<T> destination)
    {
        for (int row = 0; row < _inputs; row++)
        {
            _meanProducts.AsSpan(row * (_inputs + 1), _inputs - row).CopyTo(destination[(row * (Size + 1))..]);
        }
        if (_homogeneous)
        {
            for (int row = 0; row < _inputs; row++)
            {
                destination[row * Size + _inputs] = _meanSums[row];
            }
            destination[Size * Size - 1] = _meanCount;
        }
        Matrices.MirrorUpper(destination, Size);
    }

    /// <summary>How far the average has moved since the latest <see cref="Snapshot"/>, in Frobenius norms of the average.</summary>
    public double Drift
    {
        get
        {
            double moved = 2 * Distance(_meanSums, _copiedSums);
            double norm = 2 * Square(_meanSums);
            for (int row = 0; row < _inputs; row++)
            {
                int diagonal = row * (_inputs + 1);
                ReadOnlySpan<T> mean = _meanProducts.AsSpan(diagonal, _inputs - row);
                ReadOnlySpan<T> copied = _copiedProducts.AsSpan(diagonal, _inputs - row);
                moved += 2 * Distance(mean, copied) - Distance(mean[..1], copied[..1]);
                norm += 2 * Square(mean) - Square(mean[..1]);
            }
            return norm > 0 ? Math.Sqrt(moved / norm) : 0;
        }
    }

    /// <summary>Takes a copy of the average, to be decomposed.</summary>
    public void Snapshot()
    {
        Matrices.FlushTiny<T>(_meanProducts);
        Matrices.FlushTiny<T>(_meanSums);
        _meanProducts.CopyTo(_copiedProducts, 0);
        _meanSums.CopyTo(_copiedSums, 0);
        CopyMean(_next.Rows);
    }

    /// <summary>Decomposes the copy; may run beside anything but <see cref="Snapshot"/> and <see cref="Publish"/>.</summary>
    public bool TryDecompose() => _next.TryDecompose();

    /// <summary>Makes the latest basis fit the copy, or decomposes that where the basis is too far from it; may run beside what a decomposition may.</summary>
    /// <param name="tolerance">See <see cref="EigenBasis{T}.TryRefine"/>.</param>
    public bool TryRefine(double tolerance) => _next.TryRefine(Basis, tolerance) || _next.TryDecompose();

    /// <summary>Makes the decomposed copy the basis.</summary>
    public void Publish() => (Basis, _next) = (_next, Basis);

    /// <summary>Saves average and basis.</summary>
    public void SaveState(StateDictionary state)
    {
        state.Set<T>("products", _meanProducts);
        state.Set<T>("sums", _meanSums);
        state.Set("count", _meanCount);
        state.Set<T>("copied_products", _copiedProducts);
        state.Set<T>("copied_sums", _copiedSums);
        state.Set<T>("vectors", Basis.Rows);
        state.Set<T>("values", Basis.Values);
    }

    /// <summary>Continues from saved ones.</summary>
    public void LoadState(StateDictionary state)
    {
        state.ReadFinite<T>("products", _meanProducts);
        state.ReadFinite<T>("sums", _meanSums);
        _meanCount = state.Get<T>("count");
        state.ReadFinite<T>("copied_products", _copiedProducts);
        state.ReadFinite<T>("copied_sums", _copiedSums);
        state.ReadFinite<T>("vectors", Basis.Rows);
        state.ReadFinite<T>("values", Basis.Values);
        Matrices.Transpose<T>(Basis.Rows, Basis.Columns, Size, Size);
        Drop();
    }

    private static double Distance(ReadOnlySpan<T> a, ReadOnlySpan<T> b)
    {
        double distance = a.IsEmpty ? 0 : double.CreateTruncating(TensorPrimitives.Distance(a, b));
        return distance * distance;
    }

    private static double Square(ReadOnlySpan<T> a) => a.IsEmpty ? 0 : double.CreateTruncating(TensorPrimitives.SumOfSquares(a));
}
