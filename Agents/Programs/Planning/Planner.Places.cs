using Agents.Programs.Differentiation;

namespace Agents.Programs.Planning;

/// <content>Where values lie.</content>
internal sealed partial class Planner
{
    private void PlaceLeaf(Value value)
    {
        switch (value.Node.Operator)
        {
            case Input input:
                _slots.Add(
                    value,
                    new Slot(Extent.Full, Slot.FirstInput + _inputs.Count, 0, value.Columns, 0, SpaceIndex(input.Space))
                );
                _inputs.Add(value);
                break;
            case Given:
                _slots.Add(
                    value,
                    new Slot(Extent.Constant, Slot.FirstInput + _inputs.Count, 0, value.Columns, value.Shape.Size, 0)
                );
                _inputs.Add(value);
                break;
            case State state:
                _slots.Add(value, new Slot(Extent.Full, Slot.State, 0, state.Columns, 0, SpaceIndex(RowSpace.Rows)));
                break;
            case Parameter parameter:
                _slots.Add(
                    value,
                    new Slot(Extent.Constant, Slot.Parameters, parameter.Slot.Offset, value.Columns, value.Shape.Size, 0)
                );
                break;
            default:
                PlaceLasting(value);
                break;
        }
    }

    // Until places are settled a slot's offset is the number of its request.
    private void PlaceLasting(Value value) =>
        _slots.Add(
            value,
            new Slot(Extent.Constant, Slot.Arena, _lasting.Ask(value.Shape.Size, 0, 0), value.Columns, value.Shape.Size, 0)
        );

    // Gradients that nobody else reads are computed where they belong.
    private Dictionary<Value, int> DirectSinks()
    {
        var direct = new Dictionary<Value, int>();
        foreach ((Value gradient, int offset) in _sinks)
        {
            if (
                Readers(gradient).Count == 0
                && !_outputs.Contains(gradient)
                && _schedule.PartOf(gradient.Node) is { } part
                && part != _schedule.Refresh
            )
            {
                direct.TryAdd(gradient, offset);
            }
        }
        return direct;
    }

    private void PlaceRefreshed()
    {
        foreach (Node node in _schedule.Refresh.Nodes)
        {
            foreach (Value output in node.Outputs)
            {
                PlaceLasting(output);
            }
            AskScratch(node, _lasting, 0, 0, 0);
        }
    }

    private void PlaceParts(Dictionary<Value, int> direct)
    {
        foreach (Schedule.Part part in _schedule.Parts)
        {
            part.First = _positions.Count;
            foreach (Node node in part.Nodes)
            {
                _positions.Add(node, _positions.Count);
            }
        }
        foreach (Schedule.Part part in _schedule.Parts)
        {
            foreach (Node node in part.Nodes)
            {
                foreach (Value output in node.Outputs)
                {
                    PlaceComputed(output, part, direct);
                }
                bool stays = node.Operator.Access == RowAccess.Reduction;
                int position = _positions[node];
                AskScratch(node, _memory, BlockRows(part), stays ? part.First : position, stays ? part.Last : position);
            }
        }
    }

    private void AskScratch(Node node, Memory memory, int rows, int from, int to)
    {
        int size = node.Operator.ScratchSize(Shapes(node.Inputs), rows);
        if (size > 0)
        {
            _scratch.Add(node, new Scratch(memory, memory.Ask(size, from, to), size));
        }
    }

    private void PlaceComputed(Value value, Schedule.Part part, Dictionary<Value, int> direct)
    {
        if (direct.TryGetValue(value, out int offset))
        {
            _slots.Add(value, new Slot(Extent.Constant, Slot.Gradient, offset, value.Columns, value.Shape.Size, 0));
            return;
        }
        if (value.Node.Operator is StateUpdate)
        {
            PlaceAdvanced(value);
            return;
        }
        bool constant = value.Shape.IsConstant;
        bool block = !constant && IsOfOneBlock(value, part);
        long size = constant
            ? value.Shape.Size
            : (long)value.Columns * (block ? BlockRows(part) : _options.MaxOf(value.Shape.Space!));
        int position = _positions[value.Node];
        int request = _memory.Ask(size, block ? position : part.First, position);
        _requests.Add(value, request);
        _slots.Add(
            value,
            new Slot(
                constant ? Extent.Constant
                    : block ? Extent.Block
                    : Extent.Full,
                Slot.Arena,
                request,
                value.Columns,
                constant ? value.Shape.Size : 0,
                constant ? 0 : SpaceIndex(value.Shape.Space!)
            )
        );
        foreach (Node reader in Readers(value))
        {
            Schedule.Part other = _schedule.PartOf(reader)!;
            // The next block or step runs earlier instructions again, so what is no block's own stays for the whole part.
            _memory.Extend(request, block ? _positions[reader] : other.Last);
        }
        if (!block)
        {
            _memory.Extend(request, part.Last);
        }
        if (_outputs.Contains(value) || IsSink(value))
        {
            _memory.Extend(request, _positions.Count);
        }
    }

    // A state is advanced where it lies, so nobody may read it afterwards.
    private void PlaceAdvanced(Value value)
    {
        Value state = value.Node.Inputs[0];
        if (state.Node.Operator is not State)
        {
            throw new GraphException($"{value.Node.Title}: only the state of a graph can be advanced, and it was given {state}.");
        }
        if (Readers(state).Find(reader => _positions[reader] > _positions[value.Node]) is { } late)
        {
            throw new GraphException($"{late.Title}: it reads the state after {value.Node.Title} has changed it.");
        }
        _slots.Add(value, _slots[state]);
    }

    private bool IsSink(Value value)
    {
        foreach (Sink sink in _sinks)
        {
            if (sink.Gradient == value)
            {
                return true;
            }
        }
        return false;
    }

    // Whether rows of a value are only read while their block or step passes.
    private bool IsOfOneBlock(Value value, Schedule.Part part) =>
        part.Kind != SegmentKind.AllRows
        && !_outputs.Contains(value)
        && Readers(value).TrueForAll(reader => _schedule.PartOf(reader) == part && reader.Operator is not Delay);

    private int BlockRows(Schedule.Part part) =>
        part.Kind switch
        {
            SegmentKind.Once => 1,
            SegmentKind.Blocks => Math.Min(_options.BlockRows, _options.MaxOf(part.Space!)),
            SegmentKind.LoopUp or SegmentKind.LoopDown => _options.MaxOf(RowSpace.Sequences),
            SegmentKind.AllRows => _options.MaxOf(part.Space!),
        };

    // From requests to places: what lasts lies first.
    private void Settle(int[] lasting, int[] places, int lastingSize)
    {
        foreach (Value value in new List<Value>(_slots.Keys))
        {
            Slot slot = _slots[value];
            if (slot.Source == Slot.Arena)
            {
                int offset = _requests.ContainsKey(value) ? Sum(lastingSize, places[slot.Offset]) : lasting[slot.Offset];
                _slots[value] = slot with { Offset = offset };
            }
        }
    }
}
