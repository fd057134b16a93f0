namespace Agents.Programs.Planning;

/// <summary>Which nodes run together, and in which order.</summary>
/// <remarks>
/// What reads the result of a reduction waits until all blocks have added to it, so it goes to a later segment; all else of one row space shares a
/// segment as far as possible. Values of constant size that depend on parameters alone run when parameters change.
/// </remarks>
internal sealed class Schedule
{
    private readonly Dictionary<Node, Part> _parts = []; // where a node runs; none for leaves
    private readonly HashSet<Node> _refreshed = []; // nodes that depend on parameters and constants alone

    /// <summary>A schedule of groups that come in an order in which they could run.</summary>
    public Schedule(List<Node[]> groups)
    {
        var waiting = new List<Node[]>();
        foreach (Node[] group in groups)
        {
            Node node = group[0];
            if (node.Operator is Leaf)
            {
                if (node.Operator is Parameter or Constant)
                {
                    _refreshed.Add(node);
                }
            }
            else if (KindOf(group) == SegmentKind.Once && All(node, _refreshed.Contains))
            {
                _refreshed.Add(node);
                Refresh.Nodes.Add(node);
                _parts.Add(node, Refresh);
            }
            else
            {
                waiting.Add(group);
            }
        }
        while (waiting.Count > 0)
        {
            int before = waiting.Count;
            Take(waiting, SegmentKind.Once);
            Take(waiting, SegmentKind.LoopUp);
            Take(waiting, SegmentKind.LoopDown);
            Take(waiting, SegmentKind.AllRows);
            if (before == waiting.Count)
            {
                Take(waiting, SegmentKind.Blocks);
            }
        }
    }

    /// <summary>What runs when parameters change.</summary>
    public Part Refresh { get; } = new(SegmentKind.Once, null);

    /// <summary>What runs in each run, in order.</summary>
    public List<Part> Parts { get; } = [];

    /// <summary>Where a node runs; null for a leaf.</summary>
    public Part? PartOf(Node node) => _parts.GetValueOrDefault(node);

    // All waiting groups of a kind whose inputs are there, or will be within the same part.
    private void Take(List<Node[]> waiting, SegmentKind kind)
    {
        Part? part = null;
        for (int i = 0; i < waiting.Count; i++)
        {
            Node[] group = waiting[i];
            RowSpace? space = SpaceOf(group);
            // Rows, and the scratch memory that goes with them, are counted by the part's space.
            bool isOfOneSpace = kind is SegmentKind.Blocks or SegmentKind.AllRows;
            if (KindOf(group) != kind || (part is not null && isOfOneSpace && part.Space != space))
            {
                continue;
            }
            bool alone = kind is SegmentKind.LoopUp or SegmentKind.LoopDown;
            Part target = part is null || alone ? new Part(kind, space) : part;
            if (!Array.TrueForAll(group, node => All(node, input => IsThere(input, group, target))))
            {
                continue;
            }
            if (target.Nodes.Count == 0)
            {
                Parts.Add(target);
            }
            part = target;
            foreach (Node node in group)
            {
                target.Nodes.Add(node);
                _parts.Add(node, target);
            }
            waiting.RemoveAt(i--);
        }
    }

    private bool IsThere(Node input, Node[] group, Part target)
    {
        if (input.Operator is Leaf || Array.IndexOf(group, input) >= 0)
        {
            return true;
        }
        return _parts.TryGetValue(input, out Part? part)
            && (part != target || target.Kind != SegmentKind.Blocks || input.Operator.Access != RowAccess.Reduction);
    }

    private static bool All(Node node, Func<Node, bool> condition)
    {
        foreach (Value input in node.Inputs)
        {
            if (!condition(input.Node))
            {
                return false;
            }
        }
        return true;
    }

    private static RowSpace? SpaceOf(Node[] group)
    {
        foreach (Value value in (ReadOnlySpan<Value>)[.. group[0].Inputs, .. group[0].Outputs])
        {
            if (value.Shape.Space is { } space)
            {
                return space;
            }
        }
        return null;
    }

    private static SegmentKind KindOf(Node[] group)
    {
        if (Components.IsLoop(group))
        {
            return Components.DirectionOf(group) switch
            {
                DelayDirection.Earlier => SegmentKind.LoopUp,
                DelayDirection.Later => SegmentKind.LoopDown,
            };
        }
        if (SpaceOf(group) is null)
        {
            return SegmentKind.Once;
        }
        return group[0].Operator.Access switch
        {
            RowAccess.EachRow or RowAccess.Reduction => SegmentKind.Blocks,
            RowAccess.AllRows or RowAccess.Delay => SegmentKind.AllRows,
        };
    }

    /// <summary>Nodes that run together.</summary>
    /// <param name="kind">How rows pass.</param>
    /// <param name="space">Whose rows; null for values of constant size.</param>
    public sealed class Part(SegmentKind kind, RowSpace? space)
    {
        /// <summary>How rows pass.</summary>
        public SegmentKind Kind => kind;

        /// <summary>Whose rows pass.</summary>
        public RowSpace? Space => space;

        /// <summary>In the order in which they run.</summary>
        public List<Node> Nodes { get; } = [];

        /// <summary>Place of its first node among those of all parts; the planner says it.</summary>
        public int First { get; set; }

        /// <summary>Place of its last node.</summary>
        public int Last => First + Nodes.Count - 1;
    }
}
