using Agents.Onnx.Building;
using Agents.Programs;
using Agents.Programs.Execution;

namespace Agents.Onnx.Operators;

/// <summary>What each operator of a program is in ONNX (opset 17). An operator is added by a line here; one that no acting step has, by a line of <see cref="Absent"/>.</summary>
/// <remarks>
/// Operators are spelled out in the arithmetic of the managed executor rather than taken from ONNX's larger ones where these lose precision: a layer
/// normalisation from the mean of squares would cancel.
/// </remarks>
internal static partial class OnnxOperators
{
    private static readonly (string Why, Type[] Operators)[] Reasons =
    [
        (
            "It comes from outside of the program, and the model asks for it as an input or holds it as numbers.",
            [typeof(Input), typeof(Given), typeof(State), typeof(Scalar), typeof(Parameter), typeof(Constant)]
        ),
        (
            "It reads whole sequences, and a model acts step by step.",
            [typeof(Delay), typeof(AtStep), typeof(FromStep), typeof(RingRows), typeof(RelativeAttention), typeof(FastRecurrence)]
        ),
        (
            "It adds up rows, which are different copies when a policy acts, or counts them.",
            [typeof(SumRows), typeof(OuterSum), typeof(Gram), typeof(EmbedSum), typeof(SegmentSum), typeof(InverseCount)]
        ),
        (
            "It belongs to gradients, and a model only acts.",
            [
                typeof(RelativeAttentionGradient),
                typeof(FastRecurrenceGradient),
                typeof(NormalizeGradient),
                typeof(ConvolutionInputGradient),
                typeof(ConvolutionSum),
                typeof(SparseOuterSum),
                typeof(SumGroups),
            ]
        ),
        (
            "It draws numbers, which a policy that acts does not: noise of training is left out, and that of actions is an input.",
            [typeof(Draw)]
        ),
        ("It reads rows of other copies, which a policy that acts does not.", [typeof(GatherRows)]),
    ];

    /// <summary>Operators that no model has, and why.</summary>
    public static IReadOnlyDictionary<Type, string> Absent { get; } =
        Reasons.SelectMany(reason => reason.Operators.Select(type => KeyValuePair.Create(type, reason.Why))).ToDictionary();

    /// <summary>The dimension that rows of a space are in a model.</summary>
    public static string DimensionOf(RowSpace space) => space == RowSpace.Rows ? OnnxGraph.Batch : space.Name;

    /// <summary>The table for nodes of a model.</summary>
    /// <param name="graph">The model.</param>
    /// <param name="state">The state of the program; null where it has none.</param>
    public static FormTable<OnnxValue> For(OnnxGraph graph, OnnxState? state)
    {
        var table = new FormTable<OnnxValue>(nameof(OnnxOperators));
        AddUnary(table, graph);
        AddBinary(table, graph);
        AddColumns(table, graph, state);
        AddProducts(table, graph);
        AddReductions(table, graph);
        AddMemory(table, graph, state);
        return table;
    }

    private static void AddUnary(FormTable<OnnxValue> table, OnnxGraph graph)
    {
        Named<Tanh>("Tanh");
        Named<Sigmoid>("Sigmoid");
        Named<Relu>("Relu");
        Named<Softplus>("Softplus");
        Named<Exp>("Exp");
        Named<Log>("Log");
        Named<Sqrt>("Sqrt");
        Named<Reciprocal>("Reciprocal");
        Named<Abs>("Abs");
        Named<Sign>("Sign");
        Named<Sin>("Sin");
        Named<Cos>("Cos");
        table.Unary<StopGradient>(x => x);
        table.Unary<Square>(x => graph.Times(x, x));
        table.One<Power>((operation, call) => graph.Apply("Pow", [call.Inputs[0], graph.Number(operation.Exponent)]));
        table.One<ScaleShift>(
            (operation, call) =>
            {
                OnnxValue scaled =
                    operation.Factor == 1 ? call.Inputs[0] : graph.Times(call.Inputs[0], graph.Number(operation.Factor));
                return operation.Shift == 0 ? scaled : graph.Plus(scaled, graph.Number(operation.Shift));
            }
        );

        void Named<TOperator>(string name)
            where TOperator : Operator => table.Unary<TOperator>(x => graph.Apply(name, [x]));
    }

    private static void AddBinary(FormTable<OnnxValue> table, OnnxGraph graph)
    {
        table.Binary<Add>(graph.Plus);
        table.Binary<Subtract>(graph.Minus);
        table.Binary<Multiply>(graph.Times);
        table.Binary<Minimum>((a, b) => graph.Apply("Min", [a, b]));
        table.Binary<Maximum>((a, b) => graph.Apply("Max", [a, b]));
        table.Binary<LessEqual>((a, b) => graph.Cast(graph.Apply("LessOrEqual", [a, b]), OnnxElement.Float));
        table.Binary<GreaterEqual>((a, b) => graph.Cast(graph.Apply("GreaterOrEqual", [a, b]), OnnxElement.Float));
        table.Binary<Mask>((a, b) => graph.Where(graph.IsZero(b), graph.Number(0), a));
        table.Binary<TanhGradient>((a, b) => graph.Times(a, graph.Minus(graph.Number(1), graph.Times(b, b))));
        table.Binary<ReluGradient>((a, b) => graph.Where(graph.Apply("Greater", [b, graph.Number(0)]), a, graph.Number(0)));
    }

    private static void AddReductions(FormTable<OnnxValue> table, OnnxGraph graph)
    {
        table.Unary<SumColumns>(graph.SumOfColumns);
        table.Unary<MaximumOfColumns>(graph.GreatestOfColumns);
        table.Unary<LogSumExp>(x => graph.Apply("ReduceLogSumExp", [x], OnnxGraph.IntegersOf("axes", 1)));
        table.Several<LogSoftmax>(call =>
            [
                graph.Apply("LogSoftmax", call.Inputs, OnnxGraph.Integer("axis", 1)),
                graph.Apply("Softmax", call.Inputs, OnnxGraph.Integer("axis", 1)),
            ]
        );
        table.Several<Normalize>(call =>
        {
            OnnxValue centred = graph.Minus(call.Inputs[0], graph.MeanOfColumns(call.Inputs[0]));
            OnnxValue variance = graph.MeanOfColumns(graph.Times(centred, centred));
            OnnxValue deviation = graph.Apply("Sqrt", [graph.Plus(variance, graph.Number(Normalize.Epsilon))]);
            OnnxValue inverse = graph.Apply("Reciprocal", [deviation]);
            return [graph.Times(centred, inverse), inverse];
        });
        table.One<BroadcastRows>(
            (operation, call) =>
                operation.Space is { } space
                    ? graph.Repeated(call.Inputs[0], DimensionOf(space))
                    : graph.Apply("Expand", [call.Inputs[0], graph.Integers([operation.Rows, 1], [2])])
        );
        table.One<BroadcastColumns>(
            (operation, call) => graph.Apply("Expand", [call.Inputs[0], graph.Integers([1, operation.Columns], [2])])
        );
    }
}
