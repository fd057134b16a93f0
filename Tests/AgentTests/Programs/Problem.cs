using Agents.Programs;
using Agents.Programs.Differentiation;
using Agents.Programs.Execution;

namespace Tests.AgentTests.Programs;

/// <summary>A graph with all that is needed to run it: leaves that know where their numbers come from, outputs, and gradients of both orders.</summary>
internal sealed class Problem
{
    private readonly List<LeafNumbers> _leaves = [];
    private int _parameterCount;

    /// <summary>A third row space.</summary>
    public static RowSpace Edges { get; } = new("edges");

    public Graph Graph { get; } = new() { Seed = 11 };

    public List<Value> Outputs { get; } = [];

    /// <summary>Whether gradients are something else than slopes, since some operator holds them up.</summary>
    public bool StopsGradients { get; set; }

    public bool HasState => _leaves.Exists(leaf => leaf.Value.Node.Operator is State);

    /// <summary>How often the outputs can be differentiated.</summary>
    public int Orders { get; set; } = 2;

    /// <summary>Gradients of the outputs, each times a seed; then those of these gradients, each times a seed; and so on.</summary>
    public List<GradientLevel> Levels { get; } = [];

    public IEnumerable<Value> Parameters => _leaves.Select(leaf => leaf.Value).Where(value => value.Node.Operator is Parameter);

    public Value Input(string title, int columns, Func<Random, float> draw, RowSpace? space = null, bool differentiable = true) =>
        Add(Graph.Input(title, columns, space), (random, _) => draw(random), differentiable);

    public Value Given(string title, int rows, int columns, Func<Random, float> draw) =>
        Add(Graph.Given(title, rows, columns), (random, _) => draw(random), true);

    /// <summary>The state, of which one step is run.</summary>
    public Value State(int columns, Func<Random, float> draw)
    {
        Orders = 0;
        return Add(Graph.State(columns), (random, _) => draw(random), false);
    }

    public Value Keep(string title = "keep") => Input(title, 1, Numbers.Keep, differentiable: false);

    /// <summary>Whole numbers below a limit.</summary>
    public Value Index(string title, Func<RunSize, int> limit, RowSpace? space = null) =>
        Add(Graph.Input(title, 1, space), (random, size) => random.Next(limit(size)), false);

    public Value Scalar(string title, Func<Random, float> draw) => Add(Graph.Scalar(title), (random, _) => draw(random), true);

    public Value Parameter(string name, int rows, int columns, Func<Random, float> draw)
    {
        var slot = new ParameterSlot(name, [rows, columns], _parameterCount);
        _parameterCount += slot.Size;
        return Add(Graph.Parameter(slot), (random, _) => draw(random), true);
    }

    public Value Ask(Value output)
    {
        Outputs.Add(output);
        return output;
    }

    /// <summary>Adds gradients of one further order.</summary>
    public GradientLevel Differentiate()
    {
        Value[] wanted = [.. _leaves.Where(leaf => leaf.IsDifferentiable).Select(leaf => leaf.Value)];
        Value[] of = Levels.Count == 0 ? [.. Outputs] : [.. Levels[^1].Gradients.All.Values.Distinct()];
        (Value Of, Value? Seed)[] losses =
        [
            .. of.Select((value, i) => (value, (Value?)Seed($"seed {Levels.Count}.{i}", value.Shape))),
        ];
        var level = new GradientLevel(losses, wanted, Graph.Differentiate(losses, wanted));
        Levels.Add(level);
        return level;
    }

    /// <summary>Numbers for all leaves.</summary>
    public ProblemData Fill(RunSize size, int seed)
    {
        var random = new Random(seed);
        var parameters = new float[_parameterCount];
        var numbers = new Dictionary<Value, float[]>();
        foreach (LeafNumbers leaf in _leaves)
        {
            var drawn = new float[size.RowsOf(leaf.Value.Shape) * leaf.Value.Columns];
            for (int i = 0; i < drawn.Length; i++)
            {
                drawn[i] = leaf.Draw(random, size);
            }
            numbers.Add(leaf.Value, drawn);
            if (leaf.Value.Node.Operator is Parameter parameter)
            {
                drawn.CopyTo(parameter.Slot.In(parameters.AsSpan()));
            }
        }
        return new ProblemData(size, numbers, parameters);
    }

    private Value Seed(string title, Shape shape) =>
        shape.Space is { } space
            ? Input(title, shape.Columns, Numbers.Spread, space)
            : Parameter(title, shape.Rows, shape.Columns, Numbers.Spread);

    private Value Add(Value leaf, Func<Random, RunSize, float> draw, bool differentiable)
    {
        _leaves.Add(new LeafNumbers(leaf, draw, differentiable));
        return leaf;
    }

    private sealed record LeafNumbers(Value Value, Func<Random, RunSize, float> Draw, bool IsDifferentiable);
}

/// <summary>Gradients of one order.</summary>
/// <param name="Losses">What was differentiated, with the gradients that arrive there: the loss is the sum of their products.</param>
/// <param name="Wanted">With respect to what.</param>
/// <param name="Gradients">The gradients.</param>
internal sealed record GradientLevel((Value Of, Value? Seed)[] Losses, Value[] Wanted, Gradients Gradients)
{
    /// <summary>Wanted inputs and scalars, whose gradients no flat gradient holds.</summary>
    public IEnumerable<Value> OfInputs =>
        Wanted.Where(value => value.Node.Operator is not Parameter).Select(value => Gradients[value]).OfType<Value>().Distinct();
}

/// <summary>Numbers of a problem's leaves.</summary>
internal sealed record ProblemData(RunSize Size, Dictionary<Value, float[]> Numbers, float[] Parameters);
