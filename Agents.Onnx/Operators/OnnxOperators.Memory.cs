using Agents.Onnx.Building;
using Agents.Programs;
using Agents.Programs.Execution;

namespace Agents.Onnx.Operators;

/// <content>Rings of earlier steps, attention over them, and what a step leaves.</content>
internal static partial class OnnxOperators
{
    // So low a score that its weight is exactly 0.
    private const float Unseen = -1e9f;

    private static void AddMemory(FormTable<OnnxValue> table, OnnxGraph graph, OnnxState? state)
    {
        table.Several<RingAge>(call =>
        {
            int length = ((RingAge)call.Node.Operator).Length;
            OnnxValue within = graph.Apply("Clip", [call.Inputs[0], graph.Number(0), graph.Number(2 * length - 1)]);
            OnnxValue age = graph.Where(graph.IsZero(call.Inputs[1]), graph.Number(0), graph.Apply("Floor", [within]));
            OnnxValue wraps = graph.Apply("Equal", [age, graph.Number(2 * length - 1)]);
            return [age, graph.Where(wraps, graph.Number(length), graph.Plus(age, graph.Number(1)))];
        });
        table.One<StateUpdate>((operation, call) => state!.Update(operation.Places, call.Inputs[1..]));
        table.Several<RingAttention>(call => Attended(graph, state!, (RingAttention)call.Node.Operator, call));
    }

    /// <remarks>As <see cref="RingAttention"/> does it: the query goes to the rows, and rows are mixed before they become values.</remarks>
    private static OnnxValue[] Attended(OnnxGraph graph, OnnxState state, RingAttention attention, Call<OnnxValue> call)
    {
        (int heads, Ring ring) = (attention.Heads, attention.Ring);
        int size = call.Node.Inputs[0].Columns;
        int headSize = size / heads;
        int places = ring.Length + 1;
        OnnxValue gain = call.Inputs.Length == 11 ? call.Inputs[9] : graph.Number(1);
        OnnxValue rows = graph.Reshape(state.Columns(ring.Offset, ring.Size), 0, ring.Length, ring.Width);
        OnnxValue all = graph.Beside(rows, graph.Reshape(call.Inputs[1], 0, 1, ring.Width)); // [N, M + 1, width], the query's own last
        OnnxValue keys = graph.Product(Queries(call.Inputs[7]), graph.Reshape(call.Inputs[4], heads, headSize, ring.Width));
        keys = graph.Times(graph.Reshape(keys, 0, heads, ring.Width), gain);
        OnnxValue byContent = graph.Product(keys, graph.Transposed(all, 0, 2, 1)); // [N, H, M + 1]
        OnnxValue byPlace = graph.Product(Queries(call.Inputs[8]), graph.Reshape(call.Inputs[6], heads, headSize, places));
        byPlace = graph.Reshape(byPlace, 0, heads, places);

        OnnxValue age = graph.Cast(call.Inputs[3], OnnxElement.Integer);
        OnnxValue scores = graph.Plus(byContent, Elements(byPlace, PlacesOfRows(graph, age, ring.Length)));
        scores = graph.Where(
            graph.Reshape(IsUnseen(graph, call.Inputs[3], ring.Length), 0, 1, places),
            graph.Number(Unseen),
            scores
        );
        OnnxValue weights = graph.Apply("Softmax", [scores], OnnxGraph.Integer("axis", -1));
        OnnxValue contexts = graph.Product(weights, all);
        if (call.Inputs.Length == 11)
        {
            contexts = graph.Plus(graph.Times(contexts, gain), call.Inputs[10]);
        }
        OnnxValue mixed = graph.Product(
            graph.Reshape(contexts, 0, heads, 1, ring.Width),
            graph.Reshape(call.Inputs[5], heads, ring.Width, headSize)
        );
        OnnxValue inOrder = Elements(weights, RowsOfPlaces(graph, age, ring.Length));
        return [graph.Reshape(mixed, 0, size), graph.Reshape(inOrder, 0, heads * places)];

        // (q + bias) / √head size, [N, H, 1, head size].
        OnnxValue Queries(OnnxValue bias) =>
            graph.Reshape(
                graph.Times(graph.Plus(call.Inputs[0], bias), graph.Number(1 / MathF.Sqrt(headSize))),
                0,
                heads,
                1,
                headSize
            );

        // Of the last dimension the elements that indices [N, M + 1] name, for every head.
        OnnxValue Elements(OnnxValue x, OnnxValue indices) =>
            graph.Apply(
                "GatherElements",
                [x, graph.Apply("Expand", [graph.Reshape(indices, 0, 1, places), graph.Integers([1, heads, 1], [3])])],
                OnnxGraph.Integer("axis", 2)
            );
    }

    // Row i of the ring is at place (i − age) mod M, from the farthest to the query itself, which is at place M.
    private static OnnxValue PlacesOfRows(OnnxGraph graph, OnnxValue age, int length) =>
        Turned(graph, graph.Minus(Counted(graph, length), age), age, length);

    // At place j is row (j + age) mod M of the ring.
    private static OnnxValue RowsOfPlaces(OnnxGraph graph, OnnxValue age, int length) =>
        Turned(graph, graph.Plus(Counted(graph, length), age), age, length);

    private static OnnxValue Turned(OnnxGraph graph, OnnxValue shifted, OnnxValue age, int length)
    {
        OnnxValue turned = graph.Apply("Mod", [shifted, graph.Integers([length], [1])]);
        OnnxValue last = graph.Plus(graph.Times(age, graph.Integers([0], [1])), graph.Integers([length], [1]));
        return graph.Beside(turned, last);
    }

    private static OnnxValue Counted(OnnxGraph graph, int length) =>
        graph.Integers([.. Enumerable.Range(0, length).Select(i => (long)i)], [1, length]);

    // Rows from the age on are not filled yet; the query's own is always seen.
    private static OnnxValue IsUnseen(OnnxGraph graph, OnnxValue age, int length)
    {
        float[] rows = [.. Enumerable.Range(0, length).Select(i => (float)i), -1];
        return graph.Apply("GreaterOrEqual", [graph.Floats(rows, [1, length + 1]), age]);
    }
}
