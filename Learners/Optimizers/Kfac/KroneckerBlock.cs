using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;

namespace Learners.Optimizers.Kfac;

/// <summary>A block of the Fisher matrix as a Kronecker product A ⊗ G of two factors, and the damped solve with it.</summary>
/// <remarks>
/// In the factors' eigenbases D = Q_Gᵀ ∇ Q_A, the solve is U = Q_G (D ./ (d_G d_Aᵀ + λ)) Q_Aᵀ, exactly (A ⊗ G + λ I)⁻¹ vec ∇ (Grosse and
/// Martens 2016, appendix B). Where plain damping outweighs most eigenvectors of a factor, the same solve is U = ∇ / λ − Q_G (D ./ (d_G d_Aᵀ + λ)
/// × d_G d_Aᵀ / λ) Q_Aᵀ over the others only: components with d_G d_A below λ / 100 then are off by a hundredth at most.
/// </remarks>
internal sealed class KroneckerBlock<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    // Eigenvalues of the block below this share of the damping are taken for 0.
    private const double Negligible = 0.01;

    // Most times the damping for which its inverse may be split off in float32.
    private const double LargestSplit = 1e4;

    // Wide enough to fill registers as columns of a product.
    private const int Wide = 16;

    private readonly RunningFactor<T> _rowFactor;
    private readonly RunningFactor<T> _columnFactor;
    private readonly T[] _first;
    private readonly T[] _second;
    private readonly T[] _shifted;

    /// <summary>The block of two factors.</summary>
    /// <param name="input">A, of the layer's inputs.</param>
    /// <param name="output">G, of the gradients of its outputs.</param>
    public KroneckerBlock(RunningFactor<T> input, RunningFactor<T> output)
    {
        Input = input;
        Output = output;
        IsTransposed = output.Size >= Wide || output.Size >= input.Size;
        (_rowFactor, _columnFactor) = IsTransposed ? (input, output) : (output, input);
        _first = new T[input.Size * output.Size];
        _second = new T[_first.Length];
        _shifted = new T[_columnFactor.Size];
    }

    /// <summary>A.</summary>
    public RunningFactor<T> Input { get; }

    /// <summary>G.</summary>
    public RunningFactor<T> Output { get; }

    /// <summary>Whether gradients are <c>[inputs, outputs]</c>, the faster way round, instead of <c>[outputs, inputs]</c>.</summary>
    public bool IsTransposed { get; }

    /// <summary>Greatest eigenvalue of A ⊗ G.</summary>
    public double LargestEigenvalue => Product(static values => values.Max());

    /// <summary>Least eigenvalue of A ⊗ G.</summary>
    public double SmallestEigenvalue => Product(static values => values.Min());

    /// <summary>Solves with the damped block.</summary>
    /// <param name="gradient">∇, <c>[outputs, inputs]</c>, or the other way round where <see cref="IsTransposed"/> is set.</param>
    /// <param name="direction">Destination, U in the same order; may be the gradient.</param>
    /// <param name="damping">λ, at least 0.</param>
    /// <param name="kind">Where it is added.</param>
    public void Solve(ReadOnlySpan<T> gradient, Span<T> direction, double damping, DampingKind kind)
    {
        int rows = _rowFactor.Size;
        int columns = _columnFactor.Size;
        EigenBasis<T> rowBasis = _rowFactor.Basis;
        EigenBasis<T> columnBasis = _columnFactor.Basis;
        if (kind == DampingKind.Plain && Leading(damping) is int leading && 4 * leading <= 3 * rows)
        {
            SolveLeading(gradient, direction, damping, leading);
            return;
        }
        Matrices.Multiply<T>(rowBasis.Rows, rows, 1, gradient, _first, rows, columns, rows);
        Matrices.Multiply<T>(_first, columns, 1, columnBasis.Columns, _second, rows, columns, columns);
        (T rowShift, T columnShift, T added) = Shifts(damping, kind);
        for (int column = 0; column < columns; column++)
        {
            _shifted[column] = columnBasis.Values[column] + columnShift;
        }
        for (int row = 0; row < rows; row++)
        {
            Divide(_second.AsSpan(row * columns, columns), rowBasis.Values[row] + rowShift, added);
        }
        Matrices.Multiply<T>(rowBasis.Columns, rows, 1, _second, _first, rows, columns, rows);
        Matrices.Multiply<T>(_first, columns, 1, columnBasis.Rows, direction, rows, columns, columns);
    }

    // Eigenvectors of the rows' factor up to the last that counts beside the damping; all, where the damping cannot be split off.
    private int Leading(double damping)
    {
        T[] values = _rowFactor.Basis.Values;
        double largest = double.CreateChecked(TensorPrimitives.Max<T>(_columnFactor.Basis.Values));
        if (double.CreateChecked(values[0]) * largest > LargestSplit * damping)
        {
            return values.Length;
        }
        int leading = values.Length;
        while (leading > 0 && double.CreateChecked(values[leading - 1]) * largest < Negligible * damping)
        {
            leading--;
        }
        return leading;
    }

    private void SolveLeading(ReadOnlySpan<T> gradient, Span<T> direction, double damping, int leading)
    {
        int rows = _rowFactor.Size;
        int columns = _columnFactor.Size;
        EigenBasis<T> rowBasis = _rowFactor.Basis;
        EigenBasis<T> columnBasis = _columnFactor.Basis;
        T inverse = T.CreateChecked(1 / damping);
        TensorPrimitives.Multiply(gradient[..(rows * columns)], inverse, direction);
        if (leading == 0)
        {
            return;
        }
        Matrices.Multiply<T>(rowBasis.Rows, rows, 1, direction, _first, leading, columns, rows);
        Matrices.Multiply<T>(_first, columns, 1, columnBasis.Columns, _second, leading, columns, columns);
        T added = T.CreateChecked(damping);
        for (int row = 0; row < leading; row++)
        {
            // −D d / (d + λ) in the eigenbasis, of D that is divided by λ already.
            TensorPrimitives.Multiply(columnBasis.Values, -rowBasis.Values[row], _shifted);
            Span<T> values = _second.AsSpan(row * columns, columns);
            TensorPrimitives.Multiply(values, _shifted, values);
            TensorPrimitives.Subtract(added, _shifted, _shifted);
            TensorPrimitives.Divide(values, _shifted, values);
        }
        Matrices.Multiply<T>(_second, columns, 1, columnBasis.Rows, _first, leading, columns, columns);
        Matrices.Multiply<T>(rowBasis.Rows, 1, rows, _first, direction, rows, columns, leading, accumulate: true);
    }

    // What is added to the eigenvalues of the rows' factor, of the columns' factor, and to their product.
    private (T Row, T Column, T Added) Shifts(double damping, DampingKind kind)
    {
        if (kind == DampingKind.Plain)
        {
            return (T.Zero, T.Zero, T.CreateChecked(damping));
        }
        double input = double.CreateChecked(Input.Basis.Trace) / Input.Size;
        double output = double.CreateChecked(Output.Basis.Trace) / Output.Size;
        double pi = input > 0 && output > 0 ? Math.Sqrt(input / output) : 1;
        T inputShift = T.CreateChecked(Math.Sqrt(damping) * pi);
        T outputShift = T.CreateChecked(Math.Sqrt(damping) / pi);
        return IsTransposed ? (inputShift, outputShift, T.Zero) : (outputShift, inputShift, T.Zero);
    }

    // values[c] /= row × shifted[c] + added.
    private void Divide(Span<T> values, T row, T added)
    {
        ref T pv = ref MemoryMarshal.GetReference(values);
        ref T ps = ref MemoryMarshal.GetArrayDataReference(_shifted);
        var rows = new Vector<T>(row);
        var constant = new Vector<T>(added);
        int i = 0;
        for (; i + Vector<T>.Count <= values.Length; i += Vector<T>.Count)
        {
            Vector<T> divisor = rows * Vector.LoadUnsafe(ref ps, (nuint)i) + constant;
            (Vector.LoadUnsafe(ref pv, (nuint)i) / divisor).StoreUnsafe(ref pv, (nuint)i);
        }
        for (; i < values.Length; i++)
        {
            values[i] /= row * _shifted[i] + added;
        }
    }

    private double Product(Func<T[], T> choose) =>
        double.CreateChecked(choose(Input.Basis.Values)) * double.CreateChecked(choose(Output.Basis.Values));
}
