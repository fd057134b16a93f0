using System.Collections.Immutable;

namespace Agents.Programs;

/// <content>What can be done with values. What each does is told by its operator.</content>
internal sealed partial class Value
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

    public Value Tanh() => On(new Tanh());

    public Value Sigmoid() => On(new Sigmoid());

    public Value Relu() => On(new Relu());

    public Value Softplus() => On(new Softplus());

    public Value Exp() => On(new Exp());

    public Value Log() => On(new Log());

    public Value Square() => On(new Square());

    public Value Sqrt() => On(new Sqrt());

    public Value Reciprocal() => On(new Reciprocal());

    public Value Abs() => On(new Abs());

    public Value Sign() => On(new Sign());

    public Value Sin() => On(new Sin());

    public Value Cos() => On(new Cos());

    public Value Power(float exponent) => On(new Power(exponent));

    public Value StopGradient() => On(new StopGradient());

    public Value Minimum(Value other) => On(new Minimum(), other);

    public Value Maximum(Value other) => On(new Maximum(), other);

    public Value Clamp(Value low, Value high) => Minimum(high).Maximum(low);

    public Value IsAtMost(Value other) => On(new LessEqual(), other);

    public Value IsAtLeast(Value other) => On(new GreaterEqual(), other);

    /// <summary>This where <paramref name="mask"/> is not 0, else 0.</summary>
    public Value Where(Value mask) =>
        Binary.Fits(Shape, mask.Shape) ? On(new Mask(), mask) : BroadcastTo(mask.Shape).On(new Mask(), mask);

    /// <summary>This times a constant matrix.</summary>
    public Value Times(Value matrix) => On(new Product(), matrix);

    /// <summary>This times a constant matrix, added to rows.</summary>
    public Value Times(Value matrix, Value added) => Graph.Apply(new Product(), this, matrix, added)[0];

    /// <summary>Rows of a constant as columns; of each of several matrices that stand one below the other.</summary>
    public Value Transpose(int matrices = 1) => On(new Transpose(matrices));

    public Value OuterSum(Value other) => On(new OuterSum(), other);

    public Value Gram() => On(new Gram());

    public Value RowOuter(Value other) => On(new RowOuter(), other);

    public Value RowTimesVector(Value vector) => On(new RowTimesVector(), vector);

    public Value RowVectorTimes(Value matrix) => On(new RowVectorTimes(), matrix);

    public Value RowProduct(Value other, int inner) => On(new RowProduct(inner), other);

    /// <summary>The matrix <c>[rows, columns]</c> of each row transposed.</summary>
    public Value RowTranspose(int rows)
    {
        int columns = RowShapes.Other(Shape, rows);
        return Permute([.. Enumerable.Range(0, Columns).Select(i => i % rows * columns + i / rows)]);
    }

    public Value SumRows() => On(new SumRows());

    public Value SumColumns() => On(new SumColumns());

    public Value MaximumOfColumns() => On(new MaximumOfColumns());

    /// <summary>The mean of all rows, <c>[1, C]</c>.</summary>
    public Value Mean() => Shape.IsConstant ? SumRows() * (1f / Shape.Rows) : SumRows() * Graph.InverseCount(Shape.Space);

    public Value BroadcastColumns(int columns) => On(new BroadcastColumns(columns));

    /// <summary>A row, a column or a number, repeated to a shape.</summary>
    public Value BroadcastTo(Shape shape)
    {
        Value value = this;
        if (value.Columns == 1 && shape.Columns > 1)
        {
            value = value.BroadcastColumns(shape.Columns);
        }
        return value.Shape == shape ? value : value.On(new BroadcastRows(shape.Space, shape.Rows));
    }

    /// <summary>The sum over what was repeated to get from <paramref name="shape"/> to this one's: the gradient of a broadcast.</summary>
    public Value ReduceTo(Shape shape)
    {
        Value value = this;
        if (value.Columns > 1 && shape.Columns == 1)
        {
            value = value.SumColumns();
        }
        return value.Shape == shape ? value : value.SumRows();
    }

    public (Value LogProbs, Value Probabilities) LogSoftmax()
    {
        ImmutableArray<Value> outputs = Graph.Apply(new LogSoftmax(), this);
        return (outputs[0], outputs[1]);
    }

    public Value LogSumExp() => On(new LogSumExp());

    public Value Normalize() => On(new Normalize());

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

    public Value Permute(ImmutableArray<int> order) => On(new Permute(order));

    public Value Pick(Value index) => On(new Pick(), index);

    public Value Unpick(Value index, int columns) => On(new Unpick(columns), index);

    public Value Embed(Value index) => On(new Embed(), index);

    public Value EmbedSum(Value index, int rows) => On(new EmbedSum(rows), index);

    public Value GatherRows(Value index) => On(new GatherRows(), index);

    public Value SegmentSum(Value index, RowSpace space) => On(new SegmentSum(space), index);

    public Value AtStep(StepPlace place) => On(new AtStep(place));

    private static Value Commutative(Binary operation, Value a, Value b) =>
        Binary.Fits(a.Shape, b.Shape) || !Binary.Fits(b.Shape, a.Shape) ? a.On(operation, b) : b.On(operation, a);

    private Value On(Operator operation) => Graph.Apply(operation, this)[0];

    private Value On(Operator operation, Value other) => Graph.Apply(operation, this, other)[0];
}
