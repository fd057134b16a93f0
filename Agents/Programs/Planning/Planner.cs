using System.Collections.Immutable;
using Agents.Programs.Differentiation;
using Agents.Programs.Operators;
using Agents.Programs.Operators.Elementwise;

namespace Agents.Programs.Planning;

/// <summary>Finds an order for the nodes of a graph and a place for each value.</summary>
internal sealed partial class Planner
{
    private readonly Graph _graph;
    private readonly ImmutableArray<Value> _outputs;
    private readonly ImmutableArray<(Value Gradient, int Offset)> _sinks;
    private readonly PlanOptions _options;
    private readonly List<RowSpace> _spaces = [RowSpace.Rows, RowSpace.Sequences];
    private readonly Memory _memory;
    private readonly Memory _lasting = new(recycles: false);
    private readonly Dictionary<Value, Slot> _slots = [];
    private readonly Dictionary<Value, int> _requests = []; // of values in recycled memory
    private readonly List<Value> _inputs = [];
    private readonly Dictionary<Value, List<Node>> _readers = [];
    private readonly Dictionary<Node, int> _positions = []; // of nodes in all runs' instructions
    private readonly Dictionary<Node, (Memory Memory, int Request, int Size)> _scratch = [];
    private Schedule _schedule = null!;

    /// <summary>A planner of one graph.</summary>
    public Planner(Graph graph, ImmutableArray<Value> outputs, Gradients? gradients, PlanOptions options)
    {
        _graph = graph;
        _outputs = outputs;
        _options = options;
        _memory = new Memory(options.Recycles);
        _sinks = gradients is null
            ? []
            :
            [
                .. gradients
                    .All.Where(pair => pair.Key.Node.Operator is Parameter)
                    .Select(pair => (pair.Value, ((Parameter)pair.Key.Node.Operator).Slot.Offset))
                    .OrderBy(sink => sink.Offset),
            ];
    }

    /// <summary>The plan.</summary>
    public Plan Compile()
    {
        foreach (Value value in (ReadOnlySpan<Value>)[.. _outputs, .. _sinks.Select(sink => sink.Gradient)])
        {
            _graph.RequireOwn(value);
        }
        List<Node[]> groups = Components.Of([.. _outputs, .. _sinks.Select(sink => sink.Gradient)]);
        _schedule = new Schedule(groups);
        foreach (Node node in groups.SelectMany(group => group))
        {
            foreach (Value input in node.Inputs)
            {
                Readers(input).Add(node);
            }
            AddSpaces(node);
        }
        foreach (Node node in groups.Select(group => group[0]).Where(node => node.Operator is Leaf))
        {
            PlaceLeaf(node.Outputs[0]);
        }
        Dictionary<Value, int> direct = DirectSinks();
        PlaceRefreshed();
        PlaceParts(direct);
        (int[] lasting, int lastingSize) = _lasting.Place();
        (int[] places, int size) = _memory.Place();
        Settle(lasting, places, lastingSize);

        ImmutableArray<Segment> segments = [.. _schedule.Parts.Select(part => SegmentOf(part, ScratchOf))];
        ImmutableArray<Instruction> copies =
        [
            .. _sinks.Where(sink => !direct.TryGetValue(sink.Gradient, out int offset) || offset != sink.Offset).Select(CopyOf),
        ];
        return new Plan
        {
            Graph = _graph,
            Outputs = _outputs,
            Sinks = _sinks,
            Options = _options,
            Refresh = SegmentOf(_schedule.Refresh, ScratchOf),
            Segments = copies.IsEmpty ? segments : segments.Add(new Segment(SegmentKind.Once, 0, copies, [])),
            Spaces = [.. _spaces],
            MaxRows = [.. _spaces.Select(_options.MaxOf)],
            Slots = _slots,
            Inputs = [.. _inputs],
            ArenaSize = Sum(lastingSize, size),
            LastingSize = lastingSize,
        };

        Slot ScratchOf(Node node)
        {
            if (!_scratch.TryGetValue(node, out (Memory Memory, int Request, int Size) scratch))
            {
                return default;
            }
            int offset = scratch.Memory == _lasting ? lasting[scratch.Request] : Sum(lastingSize, places[scratch.Request]);
            return new Slot(Extent.Constant, Slot.Arena, offset, scratch.Size, scratch.Size, 0);
        }
    }

    private void AddSpaces(Node node)
    {
        IEnumerable<RowSpace?> spaces = node.Operator is InverseCount count
            ? [count.Space]
            : node.Outputs.Select(output => output.Shape.Space);
        foreach (RowSpace? space in spaces)
        {
            if (space is not null && !_spaces.Contains(space))
            {
                _spaces.Add(space);
            }
        }
    }

    private static int Sum(int lasting, int offset) =>
        (long)lasting + offset <= Array.MaxLength
            ? lasting + offset
            : throw new GraphException(
                $"The values of the graph need more than the {Array.MaxLength} floats that an array holds. Choose smaller batches or a smaller network."
            );

    private Segment SegmentOf(Schedule.Part part, Func<Node, Slot> scratchOf) =>
        new(
            part.Kind,
            part.Space is { } space ? SpaceIndex(space) : 0,
            [.. part.Nodes.Select(node => InstructionOf(node, scratchOf(node)))],
            [
                .. part
                    .Nodes.Where(node => node.Operator.Access == RowAccess.Reduction)
                    .SelectMany(node => node.Outputs)
                    .Select(output => _slots[output]),
            ]
        );

    private Instruction InstructionOf(Node node, Slot scratch) =>
        new(
            node.Operator,
            node.Title,
            [.. node.Inputs.ToArray().Select(input => _slots[input])],
            [.. node.Outputs.Select(output => _slots[output])],
            scratch,
            Shapes(node.Inputs),
            [.. node.Outputs.Select(output => output.Shape)]
        );

    private Instruction CopyOf((Value Gradient, int Offset) sink)
    {
        Slot source = _slots[sink.Gradient];
        return new Instruction(
            new StopGradient(),
            $"the gradient of {sink.Gradient.Node.Title}",
            [source],
            [source with { Source = Slot.Gradient, Offset = sink.Offset }],
            default,
            [sink.Gradient.Shape],
            [sink.Gradient.Shape]
        );
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
}
