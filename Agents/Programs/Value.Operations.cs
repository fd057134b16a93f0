using System.Collections.Immutable;

namespace Agents.Programs;

/// <content>What can be done with values. What each does is told by its operator.</content>
public sealed partial class Value
{
    /// <summary>a + b; the smaller one may be broadcast.</summary>
    public static Value operator +(Value a, Value b) => Commutative(new Add(), a, b);

    /// <summary>a + number.</summary>
    public static Value operator +(Value a, float number) => a.On(new ScaleShift(1, number));

    /// <summary>a − b; either may be broadcast.</summary>
    public static Value operator -(Value a, Value b) =>
        Binary.Fits(a.Shape, b.Shape) || !Binary.Fits(b.Shape, a.Shape) ? a.On(new Subtract(), b) : b * -1 + a;

    /// <summary>a − number.</summary>
    public static Value operator -(Value a, float number) => a.On(new ScaleShift(1, -number));

    /// <summary>number − a.</summary>
    public static Value operator -(float number, Value a) => a.On(new ScaleShift(-1, number));

    /// <summary>−a.</summary>
    public static Value operator -(Value a) => a * -1;

    /// <summary>a b, number by number; the smaller one may be broadcast.</summary>
    public static Value operator *(Value a, Value b) => Commutative(new Multiply(), a, b);

    /// <summary>a times a number.</summary>
    public static Value operator *(Value a, float number) => a.On(new ScaleShift(number, 0));

    /// <summary>a times a number.</summary>
    public static Value operator *(float number, Value a) => a * number;

    /// <summary>The columns of a range.</summary>
    public Value this[Range columns]
    {
        get
        {
            (int start, int count) = columns.GetOffsetAndLength(Columns);
            return Slice(start, count);
        }
    }

    /// <summary>Hyperbolic tangent.</summary>
    public Value Tanh() => On(new Tanh());

    /// <summary>1 / (1 + e^−x).</summary>
    public Value Sigmoid() => On(new Sigmoid());

    /// <summary>The larger of x and 0.</summary>
    public Value Relu() => On(new Relu());

    /// <summary>ln(1 + e^x).</summary>
    public Value Softplus() => On(new Softplus());

    /// <summary>e^x.</summary>
    public Value Exp() => On(new Exp());

    /// <summary>Natural logarithm.</summary>
    public Value Log() => On(new Log());

    /// <summary>x².</summary>
    public Value Square() => On(new Square());

    /// <summary>Square root.</summary>
    public Value Sqrt() => On(new Sqrt());

    /// <summary>1 / x.</summary>
    public Value Reciprocal() => On(new Reciprocal());

    /// <summary>|x|.</summary>
    public Value Abs() => On(new Abs());

    /// <summary>−1, 0 or 1; no gradient.</summary>
    public Value Sign() => On(new Sign());

    /// <summary>Sine, of radians.</summary>
    public Value Sin() => On(new Sin());

    /// <summary>Cosine, of radians.</summary>
    public Value Cos() => On(new Cos());

    /// <summary>x to a constant power.</summary>
    public Value Power(float exponent) => On(new Power(exponent));

    /// <summary>x, through which no gradient flows.</summary>
    public Value StopGradient() => On(new StopGradient());

    /// <summary>The smaller of the two, number by number.</summary>
    public Value Minimum(Value other) => On(new Minimum(), other);

    /// <summary>The larger of the two, number by number.</summary>
    public Value Maximum(Value other) => On(new Maximum(), other);

    /// <summary>x between two limits.</summary>
    public Value Clamp(Value low, Value high) => Minimum(high).Maximum(low);

    /// <summary>1 where this is at most the other, else 0; no gradient.</summary>
    public Value IsAtMost(Value other) => On(new LessEqual(), other);

    /// <summary>1 where this is at least the other, else 0; no gradient.</summary>
    public Value IsAtLeast(Value other) => On(new GreaterEqual(), other);

    /// <summary>This where <paramref name="mask"/> is not 0, else 0.</summary>
    public Value Where(Value mask) =>
        Binary.Fits(Shape, mask.Shape) ? On(new Mask(), mask) : BroadcastTo(mask.Shape).On(new Mask(), mask);

    /// <summary>This times a constant matrix.</summary>
    internal Value Times(Value matrix) => On(new Product(), matrix);

    /// <summary>This times a constant matrix, added to rows.</summary>
    internal Value Times(Value matrix, Value added) => Graph.Apply(new Product(), this, matrix, added)[0];

    /// <summary>Rows of a constant as columns; of each of several matrices that stand one below the other.</summary>
    internal Value Transpose(int matrices = 1) => On(new Transpose(matrices));

    internal Value OuterSum(Value other) => On(new OuterSum(), other);

    internal Value Gram() => On(new Gram());

    internal Value RowOuter(Value other) => On(new RowOuter(), other);

    internal Value RowTimesVector(Value vector) => On(new RowTimesVector(), vector);

    internal Value RowVectorTimes(Value matrix) => On(new RowVectorTimes(), matrix);

    internal Value RowProduct(Value other, int inner) => On(new RowProduct(inner), other);

    /// <summary>The matrix <c>[rows, columns]</c> of each row transposed.</summary>
    internal Value RowTranspose(int rows)
    {
        int columns = RowShapes.Other(Shape, rows);
        return Permute([.. Enumerable.Range(0, Columns).Select(i => i % rows * columns + i / rows)]);
    }

    internal Value SumRows() => On(new SumRows());

    /// <summary>The sum of each row, <c>[N, 1]</c>.</summary>
    public Value SumColumns() => On(new SumColumns());

    /// <summary>The largest number of each row, <c>[N, 1]</c>.</summary>
    public Value MaximumOfColumns() => On(new MaximumOfColumns());

    /// <summary>The mean of all rows, <c>[1, C]</c>.</summary>
    public Value Mean() => Shape.IsConstant ? SumRows() * (1f / Shape.Rows) : SumRows() * Graph.InverseCount(Shape.Space);

    internal Value BroadcastColumns(int columns) => On(new BroadcastColumns(columns));

    /// <summary>A row, a column or a number, repeated to a shape.</summary>
    internal Value BroadcastTo(Shape shape)
    {
        Value value = this;
        if (value.Columns == 1 && shape.Columns > 1)
        {
            value = value.BroadcastColumns(shape.Columns);
        }
        return value.Shape == shape ? value : value.On(new BroadcastRows(shape.Space, shape.Rows));
    }

    /// <summary>The sum over what was repeated to get from <paramref name="shape"/> to this one's: the gradient of a broadcast.</summary>
    internal Value ReduceTo(Shape shape)
    {
        Value value = this;
        if (value.Columns > 1 && shape.Columns == 1)
        {
            value = value.SumColumns();
        }
        return value.Shape == shape ? value : value.SumRows();
    }

    /// <summary>Logarithms of a softmax over the columns of each row, and the probabilities, each <c>[N, C]</c>.</summary>
    public (Value LogProbs, Value Probabilities) LogSoftmax()
    {
        ImmutableArray<Value> outputs = Graph.Apply(new LogSoftmax(), this);
        return (outputs[0], outputs[1]);
    }

    /// <summary>ln Σ e^x of each row, <c>[N, 1]</c>.</summary>
    public Value LogSumExp() => On(new LogSumExp());

    /// <summary>Each row at mean 0 and deviation 1.</summary>
    public Value Normalize() => On(new Normalize());

    /// <summary>Some columns, <c>[N, count]</c>.</summary>
    public Value Slice(int start, int count) => count == Columns && start == 0 ? this : On(new Slice(start, count));

    /// <summary>Values beside each other.</summary>
    public static Value Concat(params ReadOnlySpan<Value> values)
    {
        if (values.Length == 1)
        {
            return values[0];
        }
        var starts = new int[values.Length];
        int columns = 0;
        for (int i = 0; i < values.Length; i++)
        {
            starts[i] = columns;
            columns += values[i].Columns;
        }
        return values[0].Graph.Apply(new Place([.. starts], columns), values)[0];
    }

    internal Value Permute(ImmutableArray<int> order) => On(new Permute(order));

    /// <summary>In each row the column that an index says, <c>[N, 1]</c>.</summary>
    /// <param name="index">Whole numbers from 0, <c>[N, 1]</c>.</param>
    public Value Pick(Value index) => On(new Pick(), index);

    internal Value Unpick(Value index, int columns) => On(new Unpick(columns), index);

    internal Value Embed(Value index) => On(new Embed(), index);

    internal Value EmbedSum(Value index, int rows) => On(new EmbedSum(rows), index);

    internal Value GatherRows(Value index) => On(new GatherRows(), index);

    internal Value SegmentSum(Value index, RowSpace space) => On(new SegmentSum(space), index);

    internal Value AtStep(StepPlace place) => On(new AtStep(place));

    private static Value Commutative(Binary operation, Value a, Value b) =>
        Binary.Fits(a.Shape, b.Shape) || !Binary.Fits(b.Shape, a.Shape) ? a.On(operation, b) : b.On(operation, a);

    private Value On(Operator operation) => Graph.Apply(operation, this)[0];

    private Value On(Operator operation, Value other) => Graph.Apply(operation, this, other)[0];
}
