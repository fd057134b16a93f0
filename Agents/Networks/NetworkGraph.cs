using Agents.Distributions;
using Agents.Networks.Encoders;
using Agents.Programs;
using Agents.Programs.Operators.Products;
using Agents.Programs.Operators.Time;

namespace Agents.Networks;

/// <summary>An actor-critic network as a graph, from features to distributions and values: every executor runs this one.</summary>
/// <remarks>Parameters are those of <see cref="ParameterLayout"/>. A critic with a trunk of its own has a memory of its own, too.</remarks>
internal sealed class NetworkGraph
{
    // A one-hot row has at most this share of numbers other than 0 to be worth walking through.
    private const int SparseShare = 8;

    // More inputs times kernel positions than this make the table of connections larger than the caches.
    private const long LargestTable = 32_768;

    // Fewer outputs than this fill no register.
    private const int FewOutputs = 8;

    private readonly ParameterLayout _layout;
    private readonly EncoderPlan _plan;
    private readonly HashSet<string> _repeated = [];

    /// <summary>The graph of a network.</summary>
    /// <param name="spec">What to build.</param>
    /// <param name="graph">Graph to add to.</param>
    /// <exception cref="NotSupportedException">The core has no form as a graph yet.</exception>
    public NetworkGraph(NetworkSpec spec, Graph graph)
    {
        Spec = spec;
        Graph = graph;
        _layout = new ParameterLayout(spec);
        _plan = spec.Plan;
        Features = graph.Input("features", spec.FeatureSize);
        if (spec.CoreStateSize > 0)
        {
            Keep = graph.Input("keep", 1);
            InitialCoreState = graph.Input("initial_core_state", spec.CoreStateSize, RowSpace.Sequences);
        }
        var states = new List<Value>();
        bool shared = _plan.SharedTrunk;
        Value actor = Trunk(shared ? "" : "actor.", states);
        ActionDistribution distribution = ActionDistribution.For(spec.ActionSpace);
        Value head = Dense(actor, "actor.head");
        Distributions =
            distribution.ParameterSize > distribution.HeadSize
                ? Value.Concat(head, Parameter("actor.log_std").BroadcastTo(Shape.Of(RowSpace.Rows, distribution.HeadSize)))
                : head;
        Values = Dense(shared ? actor : Trunk("critic.", states), "critic.head");
        CoreState = states.Count == 0 ? null : Value.Concat([.. states]);
    }

    /// <summary>The network.</summary>
    public NetworkSpec Spec { get; }

    /// <summary>The graph.</summary>
    public Graph Graph { get; }

    /// <summary>Input: what the first layer reads, <c>[N, FeatureSize]</c>.</summary>
    public Value Features { get; }

    /// <summary>Input: 0 where an episode starts, else 1, <c>[N, 1]</c>; null without a memory.</summary>
    public Value? Keep { get; }

    /// <summary>Input: core state before step 0, <c>[B, CoreStateSize]</c>; null without a memory.</summary>
    public Value? InitialCoreState { get; }

    /// <summary>Core state after the last step, <c>[B, CoreStateSize]</c>; null without a memory.</summary>
    public Value? CoreState { get; }

    /// <summary>Parameters of the distributions, <c>[N, P]</c>.</summary>
    public Value Distributions { get; }

    /// <summary>Values, <c>[N, 1]</c>.</summary>
    public Value Values { get; }

    /// <summary>All parameters, for gradients.</summary>
    public IEnumerable<Value> Parameters => _layout.Slots.Select(slot => Graph.Parameter(slot));

    /// <summary>Whether a weight is used once per step of a sequence.</summary>
    public bool IsRepeated(ParameterSlot weight) => _repeated.Contains(weight.Name);

    private Value Parameter(string name) => Graph.Parameter(_layout[name]);

    private Value Dense(Value x, string name)
    {
        using IDisposable scope = Graph.Scope(name);
        return Graph.Dense(x, Parameter(name + ".weight"), Parameter(name + ".bias"));
    }

    private Value Trunk(string prefix, List<Value> states)
    {
        Value x = Convolved(prefix);
        bool convolves = x != Features;
        for (int i = 0; i < _plan.HiddenSizes.Length; i++)
        {
            string name = $"{prefix}encoder.{i}";
            x = Activated(i == 0 && !convolves && IsSparse(name) ? Sparse(x, name) : Dense(x, name));
        }
        return Spec.Settings.Core switch
        {
            CoreKind.Identity => x,
            CoreKind.Lstm => Lstm(x, prefix + "core", states),
            CoreKind.Gru => Gru(x, prefix + "core", states),
            CoreKind.Gtrxl => throw new NotSupportedException("A gated transformer has no form as a graph yet."),
        };
    }

    private Value Activated(Value x) =>
        _plan.Activation switch
        {
            Activation.Tanh => x.Tanh(),
            Activation.Relu => x.Relu(),
        };

    private bool IsSparse(string name) =>
        _plan.Features.Parts.Sum(part => part.NonZeros) * SparseShare <= _plan.Features.Size
        && _layout[name + ".weight"].Shape[0] >= FewOutputs;

    private Value Sparse(Value x, string name)
    {
        int outputs = _layout[name + ".weight"].Shape[0];
        return Convolve(x, name, new ConvolutionShape(1, 1, x.Columns, 1, 1, outputs), isSparse: true);
    }

    private Value Convolve(Value x, string name, ConvolutionShape shape, bool isSparse)
    {
        using IDisposable scope = Graph.Scope(name);
        Value weight = Parameter(name + ".weight").Transpose();
        return Graph.Apply(new Convolution(shape, isSparse), x, weight, Parameter(name + ".bias"))[0];
    }

    private Value Convolved(string prefix)
    {
        var parts = new Value[_plan.Convolutions.Count];
        for (int part = 0; part < parts.Length; part++)
        {
            FeaturePart features = _plan.Features.Parts[part];
            Value x = Features.Slice(features.Offset, features.Size);
            for (int layer = 0; layer < _plan.Convolutions[part].Length; layer++)
            {
                ConvolutionShape shape = _plan.Convolutions[part][layer];
                bool fits = (long)shape.OutputHeight * shape.OutputWidth * shape.PatchSize <= LargestTable;
                string name = prefix + _plan.ConvolutionName(part, layer);
                x = Activated(Convolve(x, name, shape, layer == 0 && features.IsSparse && fits));
            }
            parts[part] = x;
        }
        bool convolves = _plan.Convolutions.Any(shapes => shapes.Length > 0);
        return convolves ? Value.Concat(parts) : Features;
    }

    /// <summary>i, f, o = σ(·), g = tanh(·) of W_x x + b_x + W_h h + b_h; c' = f c + i g; h' = o tanh c'. State: output, then cell.</summary>
    /// <remarks>Hochreiter and Schmidhuber 1997, with the forget gate of Gers et al. 2000.</remarks>
    private Value Lstm(Value x, string name, List<Value> states)
    {
        int size = Spec.Settings.CoreSize;
        Value input = Dense(x, name + ".input");
        Value hidden = Previous(size, states);
        Value cell = Previous(size, states, size);
        using IDisposable scope = Graph.Scope(name);
        Value gates = input + Hidden(hidden, name);
        Value sigmoids = gates[..(2 * size)].Sigmoid();
        Value candidate = gates.Slice(2 * size, size).Tanh();
        Value nextCell = sigmoids.Slice(size, size) * cell + sigmoids[..size] * candidate;
        Value output = gates.Slice(3 * size, size).Sigmoid() * nextCell.Tanh();
        Graph.Close(hidden, output);
        Graph.Close(cell, nextCell);
        states.Add(output.AtStep(StepPlace.Last));
        states.Add(nextCell.AtStep(StepPlace.Last));
        return output;
    }

    /// <summary>r, z = σ(·), n = tanh(W_x x + b_x + r (W_h h + b_h)), h' = n + z (h − n). State: the output.</summary>
    /// <remarks>Cho et al. 2014, in the form whose reset gate scales the product, as PyTorch computes it.</remarks>
    private Value Gru(Value x, string name, List<Value> states)
    {
        int size = Spec.Settings.CoreSize;
        Value input = Dense(x, name + ".input");
        Value hidden = Previous(size, states);
        using IDisposable scope = Graph.Scope(name);
        Value recurrent = Hidden(hidden, name);
        Value sigmoids = (input[..(2 * size)] + recurrent[..(2 * size)]).Sigmoid();
        Value candidate = (sigmoids[..size] * recurrent.Slice(2 * size, size) + input.Slice(2 * size, size)).Tanh();
        Value output = sigmoids.Slice(size, size) * (hidden - candidate) + candidate;
        Graph.Close(hidden, output);
        states.Add(output.AtStep(StepPlace.Last));
        return output;
    }

    private Value Hidden(Value hidden, string name)
    {
        _repeated.Add(name + ".hidden.weight");
        _repeated.Add(name + ".input.weight");
        return Graph.Dense(hidden, Parameter(name + ".hidden.weight"), Parameter(name + ".hidden.bias"));
    }

    // The states of earlier cores come first.
    private Value Previous(int columns, List<Value> states, int offset = 0) =>
        Graph.Previous(columns, Keep!, InitialCoreState!.Slice(states.Sum(state => state.Columns) + offset, columns));
}
