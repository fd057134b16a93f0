using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Learners.Optimizers.Kfac;

/// <summary>A block of the Fisher matrix as a Kronecker product A ⊗ G of two factors, and the damped solve with it.</summary>
/// <remarks>
/// In the factors' eigenbases D = Q_Gᵀ ∇ Q_A, the solve is U = Q_G (D ./ (d_G d_Aᵀ + λ)) Q_Aᵀ, exactly (A ⊗ G + λ I)⁻¹ vec ∇ (Grosse and
/// Martens 2016, appendix B). Where plain damping outweighs most eigenvectors of a factor, the same solve is U = ∇ / λ − Q_G (D ./ (d_G d_Aᵀ + λ)
/// × d_G d_Aᵀ / λ) Q_Aᵀ over the others only: components with d_G d_A below λ / 100 then are off by a hundredth at most.
/// Which these are, <see cref="LeadingParts"/> says.
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

    private readonly bool _transposed; // whether rows are inputs and columns outputs, the faster way round
    private readonly RunningFactor<T> _rowFactor;
    private readonly RunningFactor<T> _columnFactor;
    private readonly T[] _first;
    private readonly T[] _second;
    private readonly T[] _numbers; // gradient, then direction
    private readonly T[] _transposedNumbers;
    private readonly T[] _shifted;

    /// <summary>The block of two factors.</summary>
    /// <param name="input">A, of the layer's inputs.</param>
    /// <param name="output">G, of the gradients of its outputs.</param>
    public KroneckerBlock(RunningFactor<T> input, RunningFactor<T> output)
    {
        Input = input;
        Output = output;
        _transposed = output.Size >= Wide || output.Size >= input.Size;
        (_rowFactor, _columnFactor) = _transposed ? (input, output) : (output, input);
        _first = new T[input.Size * output.Size];
        _second = new T[_first.Length];
        _numbers = new T[_first.Length];
        _transposedNumbers = new T[_transposed ? _first.Length : 0];
        _shifted = new T[_columnFactor.Size];
    }

    /// <summary>A.</summary>
    public RunningFactor<T> Input { get; }

    /// <summary>G.</summary>
    public RunningFactor<T> Output { get; }

    /// <summary>Greatest eigenvalue of A ⊗ G.</summary>
    public double LargestEigenvalue => Product(static values => TensorPrimitives.Max<T>(values));

    /// <summary>Least eigenvalue of A ⊗ G.</summary>
    public double SmallestEigenvalue => Product(static values => values.Min());

    /// <summary>Solves with the damped block.</summary>
    /// <param name="gradient">∇ of the weight, <c>[outputs, inputs]</c>.</param>
    /// <param name="biasGradient">∇ of the bias, <c>[outputs]</c>, where A is homogeneous; otherwise empty.</param>
    /// <param name="direction">Destination, U of the weight in the same order; may be its gradient.</param>
    /// <param name="biasDirection">Destination, U of the bias; may be its gradient.</param>
    /// <param name="damping">λ, at least 0.</param>
    /// <param name="kind">Where it is added.</param>
    public void Solve(
        ReadOnlySpan<T> gradient,
        ReadOnlySpan<T> biasGradient,
        Span<T> direction,
        Span<T> biasDirection,
        double damping,
        DampingKind kind
    )
    {
        int outputs = Output.Size;
        int inputs = Input.Size - (biasGradient.IsEmpty ? 0 : 1);
        if (_transposed && kind == DampingKind.Plain && ChooseLeading(damping) is { } parts)
        {
            Append(gradient, biasGradient, inputs);
            SolveLeading(damping, parts);
            Split(direction, biasDirection, inputs, T.CreateChecked(1 / damping));
        }
        else if (_transposed)
        {
            Matrices.Transpose(gradient, _numbers, outputs, inputs);
            biasGradient.CopyTo(_numbers.AsSpan(outputs * inputs));
            SolveWhole(damping, kind);
            Matrices.Transpose(_numbers, direction, inputs, outputs);
            _numbers.AsSpan(outputs * inputs, biasDirection.Length).CopyTo(biasDirection);
        }
        else
        {
            Append(gradient, biasGradient, inputs);
            SolveWhole(damping, kind);
            Split(direction, biasDirection, inputs, T.One);
        }
    }

    private void Append(ReadOnlySpan<T> gradient, ReadOnlySpan<T> biasGradient, int inputs)
    {
        int width = Input.Size;
        for (int row = 0; row < Output.Size; row++)
        {
            gradient.Slice(row * inputs, inputs).CopyTo(_numbers.AsSpan(row * width));
        }
        for (int row = 0; row < biasGradient.Length; row++)
        {
            _numbers[row * width + inputs] = biasGradient[row];
        }
    }

    private void Split(Span<T> direction, Span<T> biasDirection, int inputs, T scale)
    {
        int width = Input.Size;
        for (int row = 0; row < Output.Size; row++)
        {
            TensorPrimitives.Multiply(_numbers.AsSpan(row * width, inputs), scale, direction[(row * inputs)..]);
        }
        for (int row = 0; row < biasDirection.Length; row++)
        {
            biasDirection[row] = scale * _numbers[row * width + inputs];
        }
    }

    // Numbers are [rows, columns].
    private void SolveWhole(double damping, DampingKind kind)
    {
        int rows = _rowFactor.Size;
        int columns = _columnFactor.Size;
        EigenBasis<T> rowBasis = _rowFactor.Basis;
        EigenBasis<T> columnBasis = _columnFactor.Basis;
        Matrices.Multiply<T>(rowBasis.Rows, rows, 1, _numbers, _first, rows, columns, rows);
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
        Matrices.Multiply<T>(_first, columns, 1, columnBasis.Rows, _numbers, rows, columns, columns);
    }

    // Null where the damping cannot be split off, or so much counts beside it that the whole solve costs no more.
    private LeadingParts? ChooseLeading(double damping)
    {
        int rows = _rowFactor.Size;
        int columns = _columnFactor.Size;
        if (rows < Wide || LargestEigenvalue > LargestSplit * damping)
        {
            return null;
        }
        T limit = T.CreateChecked(Negligible * damping);
        var parts = LeadingParts.Choose<T>(_rowFactor.Basis.Values, _columnFactor.Basis.Values, limit, _shifted);
        return 4 * parts.Cost > 3 * 2L * rows * columns * (rows + columns) ? null : parts;
    }

    // Numbers are [columns, rows]; their share 1 / λ is left to the caller.
    private void SolveLeading(double damping, in LeadingParts parts)
    {
        if (parts.StripRows > 0)
        {
            Matrices.Transpose<T>(_numbers, _transposedNumbers, _columnFactor.Size, _rowFactor.Size);
        }
        // Both start from the gradient: the strip from its copy, so that the other part may change it first.
        if (parts.BelowColumns > 0)
        {
            AddBelow(damping, parts);
        }
        if (parts.StripRows > 0)
        {
            AddStrip(damping, parts.StripRows, parts.StripColumns);
        }
    }

    // The first eigenvectors of the rows' factor, with any of the columns'.
    private void AddStrip(double damping, int strip, int counting)
    {
        int rows = _rowFactor.Size;
        int columns = _columnFactor.Size;
        EigenBasis<T> rowBasis = _rowFactor.Basis;
        EigenBasis<T> columnBasis = _columnFactor.Basis;
        Matrices.Multiply<T>(rowBasis.Rows, rows, 1, _transposedNumbers, _first, strip, columns, rows);
        Matrices.Multiply<T>(_first, columns, 1, columnBasis.Columns, _second, strip, columns, columns);
        for (int row = 0; row < strip; row++)
        {
            Shrink(_second.AsSpan(row * columns, columns), columnBasis.Values, rowBasis.Values[row], damping);
        }
        Matrices.Multiply<T>(_second, columns, 1, columnBasis.Rows, _first, strip, columns, counting);
        Matrices.Multiply<T>(_first, 1, columns, rowBasis.Rows, _numbers, columns, rows, strip, accumulate: true);
    }

    // The other eigenvectors of the rows' factor, with the first of the columns'.
    private void AddBelow(double damping, in LeadingParts parts)
    {
        int rows = _rowFactor.Size;
        int columns = _columnFactor.Size;
        EigenBasis<T> rowBasis = _rowFactor.Basis;
        EigenBasis<T> columnBasis = _columnFactor.Basis;
        int first = parts.StripRows;
        int count = parts.Rows - first;
        Matrices.Multiply<T>(columnBasis.Rows, columns, 1, _numbers, _first, parts.BelowColumns, rows, columns);
        Matrices.Multiply<T>(_first, rows, 1, rowBasis.Columns, _second, parts.BelowColumns, rows, rows);
        for (int column = 0; column < parts.BelowColumns; column++)
        {
            Span<T> numbers = _second.AsSpan(column * rows + first, count);
            Shrink(numbers, rowBasis.Values.AsSpan(first, count), columnBasis.Values[column], damping);
        }
        ReadOnlySpan<T> vectors = rowBasis.Rows.AsSpan(first * rows);
        Matrices.Multiply<T>(_second.AsSpan(first), rows, 1, vectors, _first, parts.BelowColumns, rows, count);
        Matrices.Multiply<T>(columnBasis.Rows, 1, columns, _first, _numbers, columns, rows, parts.BelowColumns, accumulate: true);
    }

    // −D d / (d + λ) in the eigenbasis, with d = value × values.
    private static void Shrink(Span<T> numbers, ReadOnlySpan<T> values, T value, double damping)
    {
        ref T pn = ref MemoryMarshal.GetReference(numbers);
        ref T pv = ref MemoryMarshal.GetReference(values);
        var negative = new Vector<T>(-value);
        T added = T.CreateChecked(damping);
        var constant = new Vector<T>(added);
        int i = 0;
        for (; i + Vector<T>.Count <= numbers.Length; i += Vector<T>.Count)
        {
            Vector<T> product = negative * Vector.LoadUnsafe(ref pv, (nuint)i);
            Vector<T> quotient = product / (constant - product);
            (Vector.LoadUnsafe(ref pn, (nuint)i) * quotient).StoreUnsafe(ref pn, (nuint)i);
        }
        for (; i < numbers.Length; i++)
        {
            T product = -value * values[i];
            numbers[i] *= product / (added - product);
        }
    }

    // What is added to the eigenvalues of the rows' factor, of the columns' factor, and to their product.
    private (T Row, T Column, T Added) Shifts(double damping, DampingKind kind)
    {
        switch (kind)
        {
            case DampingKind.Plain:
                return (T.Zero, T.Zero, T.CreateChecked(damping));
            case DampingKind.Factored:
                return FactoredShifts(damping);
            default:
                throw new SwitchExpressionException(kind);
        }
    }

    private (T Row, T Column, T Added) FactoredShifts(double damping)
    {
        double input = double.CreateChecked(Input.Basis.Trace) / Input.Size;
        double output = double.CreateChecked(Output.Basis.Trace) / Output.Size;
        double pi = input > 0 && output > 0 ? Math.Sqrt(input / output) : 1;
        T inputShift = T.CreateChecked(Math.Sqrt(damping) * pi);
        T outputShift = T.CreateChecked(Math.Sqrt(damping) / pi);
        return _transposed ? (inputShift, outputShift, T.Zero) : (outputShift, inputShift, T.Zero);
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
