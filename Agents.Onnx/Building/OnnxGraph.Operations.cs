using System.Runtime.InteropServices;
using Agents.Onnx.Format;

namespace Agents.Onnx.Building;

/// <content>What is done to values everywhere. Rows are the first dimension and columns the second, as in programs.</content>
internal sealed partial class OnnxGraph
{
    /// <summary>One number.</summary>
    public OnnxValue Number(float number) => Floats([number], []);

    /// <summary>a + b, broadcast as in NumPy; so are the others.</summary>
    public OnnxValue Plus(OnnxValue a, OnnxValue b) => Apply("Add", [a, b]);

    /// <summary>a − b.</summary>
    public OnnxValue Minus(OnnxValue a, OnnxValue b) => Apply("Sub", [a, b]);

    /// <summary>a b, number by number.</summary>
    public OnnxValue Times(OnnxValue a, OnnxValue b) => Apply("Mul", [a, b]);

    /// <summary>The product of matrices, or of stacks of them.</summary>
    public OnnxValue Product(OnnxValue a, OnnxValue b) => Apply("MatMul", [a, b]);

    /// <summary>One value where a condition holds, another one elsewhere.</summary>
    public OnnxValue Where(OnnxValue condition, OnnxValue then, OnnxValue otherwise) =>
        Apply("Where", [condition, then, otherwise]);

    /// <summary>Other elements.</summary>
    public OnnxValue Cast(OnnxValue x, OnnxElement element) => Apply("Cast", [x], Integer("to", (long)element));

    /// <summary>Neighbouring columns.</summary>
    public OnnxValue Columns(OnnxValue x, int start, int count) =>
        Apply("Slice", [x, Integers([start], [1]), Integers([start + count], [1]), Integers([1], [1])]);

    /// <summary>Values beside each other.</summary>
    public OnnxValue Beside(params ReadOnlySpan<OnnxValue> values) =>
        values.Length == 1 ? values[0] : Apply("Concat", values, Integer("axis", 1));

    /// <summary>Columns in another order, or some of them, or some several times.</summary>
    public OnnxValue Gathered(OnnxValue x, ReadOnlySpan<long> columns) =>
        Apply("Gather", [x, Integers(columns, [columns.Length])], Integer("axis", 1));

    /// <summary>The same numbers in other dimensions; 0 is the size that there was at its place, and −1 what is left.</summary>
    public OnnxValue Reshape(OnnxValue x, params ReadOnlySpan<long> shape) =>
        x.Numbers is { DataType: (int)OnnxElement.Float } numbers && !shape.Contains(0) && !shape.Contains(-1)
            ? Floats(FloatsOf(numbers), shape, x.Name)
            : Apply("Reshape", [x, Integers(shape, [shape.Length])]);

    /// <summary>Dimensions in another order.</summary>
    /// <param name="x">The value.</param>
    /// <param name="order">For each dimension of the result the one that it was.</param>
    public OnnxValue Transposed(OnnxValue x, params ReadOnlySpan<long> order) =>
        x.Numbers is { DataType: (int)OnnxElement.Float } numbers
            ? TransposedNumbers(numbers, order, x.Name)
            : Apply("Transpose", [x], IntegersOf("perm", order));

    /// <summary>The mean of each row, <c>[N, C]</c> to <c>[N, 1]</c>.</summary>
    public OnnxValue MeanOfColumns(OnnxValue x) => Apply("ReduceMean", [x], IntegersOf("axes", 1));

    /// <summary>The sum of each row, <c>[N, C]</c> to <c>[N, 1]</c>.</summary>
    public OnnxValue SumOfColumns(OnnxValue x) => Apply("ReduceSum", [x, Integers([1], [1])]);

    /// <summary>The greatest number of each row, <c>[N, C]</c> to <c>[N, 1]</c>.</summary>
    public OnnxValue GreatestOfColumns(OnnxValue x) => Apply("ReduceMax", [x], IntegersOf("axes", 1));

    /// <summary>One row for each row of a dimension whose size a run tells.</summary>
    /// <param name="row"><c>[1, C]</c>.</param>
    /// <param name="rows">Name of the dimension, which some input has.</param>
    public OnnxValue Repeated(OnnxValue row, string rows)
    {
        OnnxValue input =
            _inputs.Find(input => input.Input!.Rows == rows)
            ?? throw new InvalidOperationException($"No input tells the size of '{rows}'.");
        OnnxValue count = Apply("Shape", [input], Integer("start", 0), Integer("end", 1));
        OnnxValue shape = Apply("Concat", [count, Integers([1], [1])], Integer("axis", 0));
        return Apply("Expand", [row, shape]);
    }

    private OnnxValue TransposedNumbers(TensorProto numbers, ReadOnlySpan<long> order, string name)
    {
        ReadOnlySpan<float> from = FloatsOf(numbers);
        int rank = order.Length;
        var strides = new int[rank];
        for (int i = rank - 1, stride = 1; i >= 0; stride *= (int)numbers.Dims[i], i--)
        {
            strides[i] = stride;
        }
        var shape = new long[rank];
        for (int i = 0; i < rank; i++)
        {
            shape[i] = numbers.Dims[(int)order[i]];
        }
        var to = new float[from.Length];
        var place = new int[rank];
        for (int i = 0; i < to.Length; i++)
        {
            int source = 0;
            for (int dimension = 0; dimension < rank; dimension++)
            {
                source += place[dimension] * strides[(int)order[dimension]];
            }
            to[i] = from[source];
            for (int dimension = rank - 1; dimension >= 0 && ++place[dimension] == shape[dimension]; dimension--)
            {
                place[dimension] = 0;
            }
        }
        return Floats(to, shape, name);
    }

    private static ReadOnlySpan<float> FloatsOf(TensorProto numbers) => MemoryMarshal.Cast<byte, float>(numbers.RawData.Span);
}
