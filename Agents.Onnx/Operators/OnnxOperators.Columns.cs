using Agents.Onnx.Building;
using Agents.Programs;
using Agents.Programs.Execution;

namespace Agents.Onnx.Operators;

/// <content>Columns, and places that numbers name.</content>
internal static partial class OnnxOperators
{
    private static void AddColumns(FormTable<OnnxValue> table, OnnxGraph graph, OnnxState? state)
    {
        table.One<Slice>(
            (operation, call) =>
                call.Node.Inputs[0].Node.Operator is State
                    ? state!.Columns(operation.Start, operation.Count)
                    : graph.Columns(call.Inputs[0], operation.Start, operation.Count)
        );
        table.One<Place>((operation, call) => Placed(graph, operation, call));
        table.One<Permute>(
            (operation, call) => graph.Gathered(call.Inputs[0], [.. operation.Order.Select(column => (long)column)])
        );
        table.Binary<Pick>(
            (x, index) => graph.Apply("GatherElements", [x, graph.Cast(index, OnnxElement.Integer)], OnnxGraph.Integer("axis", 1))
        );
        table.One<Unpick>(
            (operation, call) =>
            {
                float[] columns = [.. Enumerable.Range(0, operation.Columns).Select(column => (float)column)];
                OnnxValue isPicked = graph.Apply("Equal", [call.Inputs[1], graph.Floats(columns, [1, columns.Length])]);
                return graph.Where(isPicked, call.Inputs[0], graph.Number(0));
            }
        );
        table.Binary<Embed>(
            (rows, index) =>
                graph.Apply(
                    "Gather",
                    [rows, graph.Reshape(graph.Cast(index, OnnxElement.Integer), -1)],
                    OnnxGraph.Integer("axis", 0)
                )
        );
    }

    private static OnnxValue Placed(OnnxGraph graph, Place operation, Call<OnnxValue> call)
    {
        var parts = new List<OnnxValue>();
        int end = 0;
        for (int i = 0; i < call.Inputs.Length; i++)
        {
            AddZeros(operation.Starts[i]);
            parts.Add(call.Inputs[i]);
            end = operation.Starts[i] + call.Node.Inputs[i].Columns;
        }
        AddZeros(operation.Columns);
        return graph.Beside([.. parts]);

        void AddZeros(int until)
        {
            if (until == end)
            {
                return;
            }
            Shape shape = call.Node.Inputs[0].Shape;
            int rows = shape.IsConstant ? shape.Rows : 1;
            OnnxValue zeros = graph.Floats(new float[rows * (until - end)], [rows, until - end]);
            parts.Add(shape.Space is { } space ? graph.Repeated(zeros, DimensionOf(space)) : zeros);
        }
    }
}
