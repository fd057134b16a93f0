namespace Agents.Programs.Differentiation;

/// <summary>Reverse mode: from losses back to what they depend on, as further nodes of the same graph, which can be differentiated again.</summary>
/// <remarks>
/// A delay is the end of its step: what arrives at the value that it delays is a delay of the opposite direction of what arrives at the delay. That
/// one is opened before the pass, since in a loop it is read before it is known, and closed when the pass comes to the delay.
/// </remarks>
internal sealed class Differentiator
{
    private readonly Graph _graph;
    private readonly HashSet<Value> _wanted;
    private readonly Node[] _nodes;
    private readonly bool[] _needed; // nodes that depend on a wanted value
    private readonly bool[] _reached; // nodes that a loss depends on
    private readonly Dictionary<Value, List<Value>> _contributions = [];
    private readonly Dictionary<Node, Value> _opposites = [];
    private readonly Dictionary<Value, Value> _gradients = [];

    private Differentiator(Graph graph, ReadOnlySpan<Value> wanted)
    {
        _graph = graph;
        _wanted = [.. wanted];
        _nodes = [.. graph.Nodes];
        _needed = new bool[_nodes.Length];
        _reached = new bool[_nodes.Length];
    }

    /// <summary>See <see cref="Derivatives.Differentiate"/>.</summary>
    public static Gradients Run(
        Graph graph,
        ReadOnlySpan<(Value Of, Value? Seed)> losses,
        ReadOnlySpan<Value> wanted,
        ICollection<ProductTap>? taps
    )
    {
        foreach (Value value in wanted)
        {
            graph.RequireOwn(value);
        }
        var pass = new Differentiator(graph, wanted);
        pass.FindNeeded();
        foreach ((Value loss, Value? seed) in losses)
        {
            graph.RequireOwn(loss);
            graph.RequireOwn(seed ?? loss);
            if (seed is not null && seed.Shape != loss.Shape)
            {
                throw new GraphException(
                    $"{loss.Node.Title}: a gradient of {loss.Shape} was expected, and {seed.Shape} arrives."
                );
            }
            pass.Reach(loss.Node);
            pass.Contribute(loss, seed ?? graph.Constant(1).BroadcastTo(loss.Shape));
        }
        pass.OpenDelays();
        for (int i = pass._nodes.Length - 1; i >= 0; i--)
        {
            if (pass._needed[i] && pass._reached[i])
            {
                pass.Visit(pass._nodes[i], taps);
            }
        }
        return new Gradients(pass._gradients);
    }

    // Inputs come first except what closes a delay, so that a second round is only needed for loops.
    private void FindNeeded()
    {
        bool changed = true;
        while (changed)
        {
            changed = false;
            foreach (Node node in _nodes)
            {
                if (!_needed[node.Index] && Depends(node))
                {
                    _needed[node.Index] = changed = true;
                }
            }
        }
    }

    private bool Depends(Node node)
    {
        foreach (Value output in node.Outputs)
        {
            if (_wanted.Contains(output))
            {
                return true;
            }
        }
        if (node.Operator is StopGradient)
        {
            return false;
        }
        foreach (Value input in node.Inputs)
        {
            if (_needed[input.Node.Index])
            {
                return true;
            }
        }
        return false;
    }

    private void Reach(Node loss)
    {
        var pending = new Stack<Node>([loss]);
        while (pending.TryPop(out Node? node))
        {
            if (node.Index >= _nodes.Length || _reached[node.Index])
            {
                continue;
            }
            _reached[node.Index] = true;
            foreach (Value input in node.Inputs)
            {
                pending.Push(input.Node);
            }
        }
    }

    private void OpenDelays()
    {
        foreach (Node node in _nodes)
        {
            if (node.Operator is Delay delay && _needed[node.Index] && _reached[node.Index] && _needed[node.Inputs[1].Node.Index])
            {
                Value keep = node.Inputs[0];
                Value opposite = delay.Direction switch
                {
                    DelayDirection.Earlier => _graph.Later(delay.Columns, keep),
                    DelayDirection.Later => _graph.Previous(delay.Columns, keep),
                };
                _opposites.Add(node, opposite);
                Contribute(node.Inputs[1], opposite);
            }
        }
    }

    private void Visit(Node node, ICollection<ProductTap>? taps)
    {
        var gradients = new Value?[node.Outputs.Length];
        bool any = false;
        for (int i = 0; i < gradients.Length; i++)
        {
            gradients[i] = Combine(node.Outputs[i]);
            any |= gradients[i] is not null;
            if (gradients[i] is { } gradient && _wanted.Contains(node.Outputs[i]))
            {
                _gradients[node.Outputs[i]] = gradient;
            }
        }
        if (_opposites.TryGetValue(node, out Value? opposite))
        {
            Graph.Close(opposite, gradients[0] ?? _graph.Zeros(opposite.Shape));
        }
        if (!any)
        {
            return;
        }
        using IDisposable scope = _graph.Scope($"the gradient of {node.Title}");
        Value?[] inputs = node.Operator.Backward(node, gradients);
        for (int i = 0; i < inputs.Length; i++)
        {
            if (inputs[i] is { } gradient && _needed[node.Inputs[i].Node.Index])
            {
                Contribute(node.Inputs[i], gradient);
            }
        }
        if (taps is not null && node.Operator is ITapped tapped && tapped.Tap(node, gradients[0]!) is { } tap)
        {
            taps.Add(tap);
        }
    }

    private void Contribute(Value value, Value gradient)
    {
        if (gradient.Shape != value.Shape)
        {
            throw new GraphException($"{value.Node.Title}: its gradient is {gradient.Shape}, where {value.Shape} was expected.");
        }
        if (!_contributions.TryGetValue(value, out List<Value>? list))
        {
            _contributions.Add(value, list = []);
        }
        list.Add(gradient);
    }

    // Gradients of slices that lie beside each other are one row; all others add up.
    private Value? Combine(Value value)
    {
        if (!_contributions.TryGetValue(value, out List<Value>? list))
        {
            return null;
        }
        var placed = new List<Value>();
        Value? sum = null;
        foreach (Value gradient in list)
        {
            if (gradient.Node.Operator is Place { Starts.Length: 1 } && IsFree(placed, gradient))
            {
                placed.Add(gradient);
            }
            else
            {
                sum = sum is null ? gradient : sum + gradient;
            }
        }
        if (placed.Count == 0)
        {
            return sum;
        }
        placed.Sort((a, b) => StartOf(a).CompareTo(StartOf(b)));
        Value beside =
            placed.Count == 1 && PartOf(placed[0]).Columns == value.Columns
                ? PartOf(placed[0])
                : _graph.Apply(Beside(placed, value.Columns), [.. placed.ConvertAll(PartOf)])[0];
        return sum is null ? beside : sum + beside;
    }

    private static bool IsFree(List<Value> placed, Value candidate)
    {
        int start = StartOf(candidate);
        foreach (Value other in placed)
        {
            if (start < StartOf(other) + PartOf(other).Columns && StartOf(other) < start + PartOf(candidate).Columns)
            {
                return false;
            }
        }
        return true;
    }

    private static Place Beside(List<Value> placed, int columns)
    {
        var starts = new int[placed.Count];
        for (int i = 0; i < starts.Length; i++)
        {
            starts[i] = StartOf(placed[i]);
        }
        return new Place([.. starts], columns);
    }

    private static int StartOf(Value placed) => ((Place)placed.Node.Operator).Starts[0];

    private static Value PartOf(Value placed) => placed.Node.Inputs[0];
}
