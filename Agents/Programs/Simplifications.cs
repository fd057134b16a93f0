namespace Agents.Programs;

/// <summary>Nodes that need not be made, since a simpler value is the same number.</summary>
/// <remarks>They mostly remove what gradients of means would do for each row: numbers stay numbers until rows need them.</remarks>
internal static class Simplifications
{
    /// <summary>The simpler value; null where there is none.</summary>
    public static Value? Of(Operator operation, ReadOnlySpan<Value> inputs) =>
        operation switch
        {
            Transpose { Matrices: 1 } => OfTranspose(inputs[0]),
            ScaleShift { Factor: 1, Shift: 0 } => inputs[0],
            ScaleShift outer when inputs[0].Node.Operator is ScaleShift { Shift: 0 } inner => new ScaleShift(
                outer.Factor * inner.Factor,
                outer.Shift
            ).On(inputs[0].Node.Inputs[0]),
            Unary when inputs[0].Node.Operator is BroadcastRows broadcast => broadcast.On(operation.On(inputs[0].Node.Inputs[0])),
            Binary binary => OfBinary(binary, inputs[0], inputs[1]),
            SumColumns when inputs[0].Columns == 1 => inputs[0],
            SumRows when inputs[0].Shape is { IsConstant: true, Rows: 1 } => inputs[0],
            BroadcastColumns { Columns: 1 } when inputs[0].Columns == 1 => inputs[0],
            BroadcastRows { Space: null, Rows: 1 } => inputs[0],
            _ => null,
        };

    private static Value On(this Operator operation, params ReadOnlySpan<Value> inputs) =>
        inputs[0].Graph.Apply(operation, inputs)[0];

    private static Value? OfTranspose(Value x) =>
        x.Node.Operator switch
        {
            Transpose { Matrices: 1 } => x.Node.Inputs[0],
            OuterSum => x.Node.Operator.On(x.Node.Inputs[1], x.Node.Inputs[0]),
            Gram => x,
            _ => x.Shape.IsScalar ? x : null,
        };

    // What was only repeated to be as large as the other is left as it was, and so is what comes of two repeated values.
    private static Value? OfBinary(Binary operation, Value a, Value b)
    {
        if (a.Node.Operator is BroadcastRows broadcast)
        {
            Value row = a.Node.Inputs[0];
            Value other = b.Node.Operator is BroadcastRows ? b.Node.Inputs[0] : b;
            if (other.Shape.IsConstant && other.Shape.Rows == 1 && Binary.Fits(row.Shape, other.Shape))
            {
                return broadcast.On(operation.On(row, other));
            }
            if (operation.IsCommutative && Binary.Fits(b.Shape, row.Shape))
            {
                return operation.On(b, row);
            }
        }
        if (operation is Multiply && b.Node.Operator is Constant { Numbers: [float factor] })
        {
            return new ScaleShift(factor, 0).On(a);
        }
        if (operation is Multiply && a.Node.Operator is Constant { Numbers: [float number] })
        {
            return b.Shape.IsScalar ? new ScaleShift(number, 0).On(b) : null;
        }
        if (b.Node.Operator is BroadcastRows && Binary.Fits(a.Shape, b.Node.Inputs[0].Shape))
        {
            return operation.On(a, b.Node.Inputs[0]);
        }
        if (a.Node.Operator is BroadcastColumns && operation.IsCommutative && Binary.Fits(b.Shape, a.Node.Inputs[0].Shape))
        {
            return b.Columns > 1 ? operation.On(b, a.Node.Inputs[0]) : null;
        }
        return b.Node.Operator is BroadcastColumns && a.Columns > 1 && Binary.Fits(a.Shape, b.Node.Inputs[0].Shape)
            ? operation.On(a, b.Node.Inputs[0])
            : null;
    }
}
