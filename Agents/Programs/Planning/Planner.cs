using System.Collections.Immutable;
using Agents.Programs.Differentiation;

namespace Agents.Programs.Planning;

/// <summary>Finds an order for the nodes of a graph and a place for each value.</summary>
internal sealed partial class Planner
{
    private readonly Graph _graph;
    private readonly ImmutableArray<Value> _outputs;
    private readonly ImmutableArray<Sink> _sinks;
    private readonly PlanOptions _options;
    private readonly List<RowSpace> _spaces = [RowSpace.Rows, RowSpace.Sequences];
    private readonly Memory _memory;
    private readonly Memory _lasting = new(recycles: false);
    private readonly Dictionary<Value, Slot> _slots = [];
    private readonly Dictionary<Value, int> _requests = []; // of values in recycled memory
    private readonly List<Value> _inputs = [];
    private readonly Dictionary<Value, List<Node>> _readers = [];
    private readonly Dictionary<Node, int> _positions = []; // of nodes in all runs' instructions
    private readonly Dictionary<Node, Scratch> _scratch = [];
    private Schedule _schedule = null!;

    /// <summary>A planner of one graph.</summary>
    public Planner(Graph graph, ImmutableArray<Value> outputs, Gradients? gradients, PlanOptions options)
    {
        _graph = graph;
        _outputs = outputs;
        _options = options;
        _memory = new Memory(options.Recycles);
        _sinks = gradients?.Sinks ?? [];
    }

    /// <summary>The plan.</summary>
    public Plan Compile()
    {
        var wanted = new List<Value>(_outputs);
        foreach (Sink sink in _sinks)
        {
            wanted.Add(sink.Gradient);
        }
        wanted.ForEach(value => _graph.RequireOwn(value));
        List<Node[]> groups = Components.Of(wanted);
        _schedule = new Schedule(groups);
        foreach (Node[] group in groups)
        {
            foreach (Node node in group)
            {
                foreach (Value input in node.Inputs)
                {
                    Readers(input).Add(node);
                }
                AddSpaces(node);
            }
        }
        foreach (Node[] group in groups)
        {
            if (group[0].Operator is Leaf)
            {
                PlaceLeaf(group[0].Outputs[0]);
            }
        }
        Dictionary<Value, int> direct = DirectSinks();
        PlaceRefreshed();
        PlaceParts(direct);
        (int[] lasting, int lastingSize) = _lasting.Place();
        (int[] places, int size) = _memory.Place();
        Settle(lasting, places, lastingSize);

        List<Segment> segments = _schedule.Parts.ConvertAll(part => SegmentOf(part, ScratchOf));
        var copies = new List<Instruction>();
        foreach (Sink sink in _sinks)
        {
            if (!direct.TryGetValue(sink.Gradient, out int offset) || offset != sink.Offset)
            {
                copies.Add(CopyOf(sink));
            }
        }
        if (copies.Count > 0)
        {
            segments.Add(new Segment(SegmentKind.Once, 0, [.. copies], []));
        }
        var maxRows = new int[_spaces.Count];
        for (int i = 0; i < maxRows.Length; i++)
        {
            maxRows[i] = _options.MaxOf(_spaces[i]);
        }
        return new Plan
        {
            Graph = _graph,
            Outputs = _outputs,
            Sinks = _sinks,
            Options = _options,
            Refresh = SegmentOf(_schedule.Refresh, ScratchOf),
            Segments = [.. segments],
            Spaces = [.. _spaces],
            MaxRows = [.. maxRows],
            Slots = _slots,
            Inputs = [.. _inputs],
            ArenaSize = Sum(lastingSize, size),
            LastingSize = lastingSize,
        };

        Slot ScratchOf(Node node)
        {
            if (!_scratch.TryGetValue(node, out Scratch? scratch))
            {
                return Slot.None;
            }
            int offset = scratch.Memory == _lasting ? lasting[scratch.Request] : Sum(lastingSize, places[scratch.Request]);
            return new Slot(Extent.Constant, Slot.Arena, offset, scratch.Size, scratch.Size, 0);
        }
    }

    private void AddSpaces(Node node)
    {
        if (node.Operator is InverseCount count)
        {
            AddSpace(count.Space);
        }
        foreach (Value output in node.Outputs)
        {
            AddSpace(output.Shape.Space);
        }
    }

    private void AddSpace(RowSpace? space)
    {
        if (space is not null && !_spaces.Contains(space))
        {
            _spaces.Add(space);
        }
    }

    private static int Sum(int lasting, int offset) =>
        (long)lasting + offset <= Array.MaxLength
            ? lasting + offset
            : throw new GraphException(
                $"The values of the graph need more than the {Array.MaxLength} floats that an array holds. Choose smaller batches or a smaller network."
            );

    private Segment SegmentOf(Schedule.Part part, Func<Node, Slot> scratchOf)
    {
        var sums = new List<Slot>();
        foreach (Node node in part.Nodes)
        {
            if (node.Operator.Access == RowAccess.Reduction)
            {
                sums.AddRange(Slots(node.Outputs.AsSpan()));
            }
        }
        return new Segment(
            part.Kind,
            part.Space is { } space ? SpaceIndex(space) : 0,
            [.. part.Nodes.ConvertAll(node => InstructionOf(node, scratchOf(node)))],
            [.. sums]
        );
    }

    private Instruction InstructionOf(Node node, Slot scratch) =>
        new(
            node.Operator,
            node.Title,
            Slots(node.Inputs),
            Slots(node.Outputs.AsSpan()),
            scratch,
            Shapes(node.Inputs),
            Shapes(node.Outputs.AsSpan()),
            AreRead(node.Outputs.AsSpan())
        );

    private bool[] AreRead(ReadOnlySpan<Value> values)
    {
        var areRead = new bool[values.Length];
        for (int i = 0; i < areRead.Length; i++)
        {
            areRead[i] = Readers(values[i]).Count > 0 || _outputs.Contains(values[i]) || IsSink(values[i]);
        }
        return areRead;
    }

    private Instruction CopyOf(Sink sink)
    {
        Slot source = _slots[sink.Gradient];
        return new Instruction(
            new StopGradient(),
            $"the gradient of {sink.Gradient.Node.Title}",
            [source],
            [source with { Source = Slot.Gradient, Offset = sink.Offset }],
            Slot.None,
            [sink.Gradient.Shape],
            [sink.Gradient.Shape],
            [true]
        );
    }

    private Slot[] Slots(ReadOnlySpan<Value> values)
    {
        var slots = new Slot[values.Length];
        for (int i = 0; i < slots.Length; i++)
        {
            slots[i] = _slots[values[i]];
        }
        return slots;
    }

    private static Shape[] Shapes(ReadOnlySpan<Value> values)
    {
        var shapes = new Shape[values.Length];
        for (int i = 0; i < shapes.Length; i++)
        {
            shapes[i] = values[i].Shape;
        }
        return shapes;
    }

    private List<Node> Readers(Value value)
    {
        if (!_readers.TryGetValue(value, out List<Node>? list))
        {
            _readers.Add(value, list = []);
        }
        return list;
    }

    private int SpaceIndex(RowSpace space) => _spaces.IndexOf(space);

    private sealed record Scratch(Memory Memory, int Request, int Size);
}
