using System.Collections.Immutable;

namespace Agents.Programs;

/// <summary>Builds a tensor program: values of operators on values. Plan it with <see cref="Planning.Plan"/>, then run it.</summary>
/// <remarks>
/// Everything is static but the numbers of rows, steps and sequences: no control flow depends on data; use masks instead. Equal operators of equal
/// inputs are one node. Not thread-safe.
/// </remarks>
internal sealed class Graph
{
    private readonly List<Node> _nodes = [];
    private readonly Dictionary<NodeKey, Node> _merged = [];
    private readonly HashSet<string> _titles = [];
    private readonly Stack<string> _scopes = new([""]);

    /// <summary>Seed of all draws.</summary>
    public ulong Seed { get; init; }

    /// <summary>All nodes, in the order in which they were made.</summary>
    public IReadOnlyList<Node> Nodes => _nodes;

    /// <summary>Names a part: errors of what is built until the result is disposed of name it.</summary>
    public IDisposable Scope(string name)
    {
        string outer = _scopes.Peek();
        _scopes.Push(outer.Length == 0 ? name : $"{outer}.{name}");
        return new ScopeEnd(_scopes);
    }

    /// <summary>Rows that the caller binds before a run.</summary>
    /// <param name="title">Name, unique in the graph.</param>
    /// <param name="columns">Numbers of a row.</param>
    /// <param name="space">What rows stand for; samples of a batch where null.</param>
    public Value Input(string title, int columns, RowSpace? space = null)
    {
        RequireNew(title);
        return Apply(new Input(title, space ?? RowSpace.Rows, columns))[0];
    }

    /// <summary>Numbers of constant size that the caller binds before a run.</summary>
    /// <param name="title">Name, unique in the graph.</param>
    /// <param name="rows">Rows.</param>
    /// <param name="columns">Numbers of a row.</param>
    public Value Given(string title, int rows, int columns)
    {
        RequireNew(title);
        return Apply(new Given(title, rows, columns))[0];
    }

    /// <summary>Rows of state that <see cref="Execution.IProgram.Advance"/> changes, one per sequence; a graph has one.</summary>
    public Value State(int columns)
    {
        RequireNew("state");
        return Apply(new State(columns))[0];
    }

    /// <summary>A number that the caller may set before each run; 0 until then.</summary>
    public Value Scalar(string title)
    {
        RequireNew(title);
        return Apply(new Scalar(title))[0];
    }

    /// <summary>A named array of the flat parameter buffer.</summary>
    public Value Parameter(ParameterSlot slot) => Apply(new Parameter(slot))[0];

    /// <summary>Numbers that never change.</summary>
    public Value Constant(ReadOnlySpan<float> numbers, int rows, int columns) =>
        numbers.Length == rows * columns
            ? Apply(new Constant([.. numbers], rows, columns))[0]
            : throw new ArgumentException($"{numbers.Length} numbers are not {rows} × {columns}.", nameof(numbers));

    /// <summary>A number that never changes.</summary>
    public Value Constant(float number) => Constant([number], 1, 1);

    /// <summary>1 / N for the rows of a space, samples of a batch where null.</summary>
    public Value InverseCount(RowSpace? space = null) => Apply(new InverseCount(space ?? RowSpace.Rows))[0];

    /// <summary>Zeros of a shape.</summary>
    public Value Zeros(Shape shape) => Constant(new float[shape.Columns], 1, shape.Columns).BroadcastTo(shape);

    /// <summary>Numbers drawn anew in each run.</summary>
    /// <param name="kind">Distribution.</param>
    /// <param name="title">Name, unique in the graph: draws of one name would be the same numbers.</param>
    /// <param name="columns">Numbers per row.</param>
    /// <param name="probability">Probability of a 1 for Bernoulli draws.</param>
    /// <param name="space">Whose rows; samples of a batch where null.</param>
    public Value Draw(DrawKind kind, string title, int columns, float probability = 0, RowSpace? space = null)
    {
        RequireNew(title);
        return Apply(new Draw(kind, title, Seed, probability, space ?? RowSpace.Rows, columns))[0];
    }

    /// <summary>x Wᵀ + b for a weight <c>[outputs, inputs]</c> and a bias <c>[outputs]</c>.</summary>
    public Value Dense(Value x, Value weight, Value bias) =>
        weight.Shape.Rows < FewOutputs
            ? Apply(new ProductOfRows(), x, weight, bias)[0]
            : Apply(new Product(), x, weight.Transpose(), bias)[0];

    /// <summary>
    /// What a value will have been one step earlier, to be closed by <see cref="Close"/>: this is how a memory is written. 0 at the first step, unless
    /// there is an initial value.
    /// </summary>
    /// <param name="columns">Columns of the value.</param>
    /// <param name="keep"><c>[N, 1]</c>: 0 where an episode starts, else 1.</param>
    /// <param name="initial">What it was before the first step, <c>[B, columns]</c> of sequences; null for 0.</param>
    public Value Previous(int columns, Value keep, Value? initial = null) => Open(DelayDirection.Earlier, columns, keep, initial);

    /// <summary>What a value will be one step later, to be closed by <see cref="Close"/>; 0 at the last step and where an episode starts next.</summary>
    /// <inheritdoc cref="Previous"/>
    public Value Later(int columns, Value keep) => Open(DelayDirection.Later, columns, keep, null);

    /// <summary>Says what an open delay delays.</summary>
    /// <exception cref="GraphException">It is closed already, or the value has another shape.</exception>
    public static void Close(Value delay, Value value)
    {
        Node node = delay.Node;
        if (node.Operator is not Delay || !ReferenceEquals(node.InputArray[1], node.Outputs[0]))
        {
            throw new GraphException($"{node.Title}: only a delay that is still open can be closed, and only once.");
        }
        if (value.Graph != delay.Graph)
        {
            throw new GraphException($"{node.Title}: {value} belongs to another graph.");
        }
        if (value.Shape != delay.Shape)
        {
            throw new GraphException($"{node.Title}: a value of {delay.Shape} was expected, and {value.Shape} closes the delay.");
        }
        node.InputArray[1] = value;
    }

    /// <summary>Adds a node, or finds the one that computes the same.</summary>
    /// <returns>What it gives.</returns>
    /// <exception cref="GraphException">The values do not go together.</exception>
    public ImmutableArray<Value> Apply(Operator operation, params ReadOnlySpan<Value> inputs)
    {
        foreach (Value input in inputs)
        {
            RequireOwn(input, operation);
        }
        Value[] values = inputs.ToArray();
        ImmutableArray<Shape> outputs = Infer(operation, values);
        if (Simplifications.Of(operation, inputs) is { } simple)
        {
            return simple.Shape == outputs[0]
                ? [simple]
                : throw new InvalidOperationException($"{Title(operation)} of {outputs[0]} was simplified to {simple}.");
        }
        var key = new NodeKey(operation, values);
        if (_merged.TryGetValue(key, out Node? known))
        {
            return known.Outputs;
        }
        var node = new Node(this, _nodes.Count, _scopes.Peek(), operation, values, outputs);
        _nodes.Add(node);
        _merged.Add(key, node);
        return node.Outputs;
    }

    /// <summary>Throws where a value is of another graph.</summary>
    internal void RequireOwn(Value value, Operator? operation = null)
    {
        if (value.Graph != this)
        {
            string title = operation is null ? "" : $"{Title(operation)}: ";
            throw new GraphException($"{title}{value} belongs to another graph.");
        }
    }

    // Fewer outputs than this would fill no register as columns of a product.
    private const int FewOutputs = 8;

    private Value Open(DelayDirection direction, int columns, Value keep, Value? initial)
    {
        // Open delays read themselves; each is a node of its own, since what closes it is not known yet.
        var operation = new Delay(direction, columns);
        RequireOwn(keep, operation);
        if (initial is not null)
        {
            RequireOwn(initial, operation);
        }
        Shape[] shapes = initial is null
            ? [keep.Shape, Shape.Of(RowSpace.Rows, columns)]
            : [keep.Shape, Shape.Of(RowSpace.Rows, columns), initial.Shape];
        ImmutableArray<Shape> outputs = Infer(operation, shapes);
        Value[] inputs = initial is null ? [keep, null!] : [keep, null!, initial];
        var node = new Node(this, _nodes.Count, _scopes.Peek(), operation, inputs, outputs);
        inputs[1] = node.Outputs[0];
        _nodes.Add(node);
        return node.Outputs[0];
    }

    private ImmutableArray<Shape> Infer(Operator operation, Value[] inputs)
    {
        Shape[] shapes = Array.ConvertAll(inputs, input => input.Shape);
        if (operation.Access is RowAccess.EachRow or RowAccess.Reduction)
        {
            RowSpace? first = null;
            foreach (Shape shape in shapes)
            {
                first ??= shape.Space;
                if (shape.Space is { } space && space != first)
                {
                    throw new GraphException(
                        $"{Title(operation)}: rows of {first!.Name} and of {space.Name} meet in one operator. Bring one to the other by GatherRows, SegmentSum or a step first."
                    );
                }
            }
        }
        return Infer(operation, shapes);
    }

    private ImmutableArray<Shape> Infer(Operator operation, Shape[] shapes)
    {
        try
        {
            return operation.Infer(shapes);
        }
        catch (GraphException exception)
        {
            throw new GraphException($"{Title(operation)}: {exception.Message}");
        }
    }

    private string Title(Operator operation) =>
        _scopes.Peek().Length == 0 ? operation.Name : $"{operation.Name} of {_scopes.Peek()}";

    private void RequireNew(string title)
    {
        if (!_titles.Add(title))
        {
            throw new GraphException($"Two values of the graph have the title '{title}'. Name each differently.");
        }
    }

    private sealed class NodeKey(Operator operation, Value[] inputs) : IEquatable<NodeKey>
    {
        private readonly Operator _operation = operation;
        private readonly Value[] _inputs = inputs;

        public bool Equals(NodeKey? other) =>
            other is not null && _operation.Equals(other._operation) && _inputs.AsSpan().SequenceEqual(other._inputs.AsSpan());

        public override bool Equals(object? obj) => Equals(obj as NodeKey);

        public override int GetHashCode()
        {
            var hash = new HashCode();
            hash.Add(_operation);
            foreach (Value input in _inputs)
            {
                hash.Add(input);
            }
            return hash.ToHashCode();
        }
    }

    private sealed class ScopeEnd(Stack<string> scopes) : IDisposable
    {
        private bool _ended;

        public void Dispose()
        {
            if (!_ended)
            {
                _ended = true;
                scopes.Pop();
            }
        }
    }
}
