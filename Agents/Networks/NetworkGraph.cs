using Agents.Distributions;
using Agents.Kernels;
using Agents.Networks.Cores;
using Agents.Networks.Encoders;
using Agents.Networks.Layers;
using Agents.Programs;
using Agents.Programs.Execution;

namespace Agents.Networks;

/// <summary>A network as a graph, from features to its heads, and to distributions and values where it has a policy: every executor runs this one.</summary>
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
    private readonly ParameterSource _source;
    private readonly EncoderPlan _plan;
    private readonly CoreGraph _cores;
    private readonly Dictionary<string, Value> _heads = [];
    private readonly Dictionary<(string Trunk, string Branch), Value> _branches = [];
    private readonly List<string> _repeated = []; // what paths of the cores' parameters begin with
    private readonly Value? _distributions; // null without a policy

    /// <summary>The graph of a network.</summary>
    /// <param name="spec">What to build.</param>
    /// <param name="graph">Graph to add to.</param>
    /// <param name="form">What a run computes.</param>
    /// <param name="mode">What the graph is for.</param>
    /// <param name="model">Name of the model, where it stands beside the program's own network; its parameters are bound by <see cref="BindParameters"/>.</param>
    public NetworkGraph(
        NetworkSpec spec,
        Graph graph,
        NetworkForm form = NetworkForm.Sequences,
        StepMode mode = default,
        string? model = null
    )
    {
        Spec = spec;
        Graph = graph;
        _layout = new ParameterLayout(spec);
        _plan = spec.Plan;
        _source = new ParameterSource(graph, name => _layout[name], model);
        Features = graph.Input(_source.TitleOf("features"), spec.FeatureSize);
        _cores = new CoreGraph(spec, graph, form, _source);
        foreach (string trunk in spec.Trunks)
        {
            AddTrunk(trunk, mode);
            foreach (Head head in spec.Heads)
            {
                if (head.Trunk == trunk)
                {
                    _heads.Add(head.Name, OutputOf(head.Path, trunk, head.Branch));
                }
            }
        }
        Mixture = spec.Mixture is { } mixture ? Mixed(mixture) : null;
        if (Mixture is not null)
        {
            _distributions = Mixture.Distributions;
        }
        else if (spec.HasPolicy)
        {
            ActionDistribution distribution = spec.Distribution;
            _distributions =
                distribution.ParameterSize > distribution.HeadSize
                    ? Value.Concat(
                        this[Head.Policy],
                        Parameter(ParameterLayout.LogStd).BroadcastTo(Shape.Of(RowSpace.Rows, distribution.HeadSize))
                    )
                    : this[Head.Policy];
        }
        CoreState = _cores.State;
        Watched = _cores
            .Watched.Concat(_heads.Select(head => KeyValuePair.Create(WatchedHead(head.Key), head.Value)))
            .ToDictionary();
    }

    /// <summary>The network.</summary>
    public NetworkSpec Spec { get; }

    /// <summary>The graph.</summary>
    public Graph Graph { get; }

    /// <summary>Input: what the first layer reads, <c>[N, FeatureSize]</c>.</summary>
    public Value Features { get; }

    /// <inheritdoc cref="CoreGraph.Keep"/>
    public Value? Keep => _cores.Keep;

    /// <inheritdoc cref="CoreGraph.InitialState"/>
    public Value? InitialCoreState => _cores.InitialState;

    /// <inheritdoc cref="CoreGraph.State"/>
    public Value? CoreState { get; }

    /// <summary>Values that somebody may look at: of the actor's core, and what heads give, under <see cref="WatchedHead"/>.</summary>
    public IReadOnlyDictionary<string, Value> Watched { get; }

    /// <summary>Parameters of the distributions, <c>[N, P]</c>.</summary>
    /// <exception cref="InvalidOperationException">The network has no policy.</exception>
    public Value Distributions => _distributions ?? throw HasNo(Head.Policy);

    /// <summary>Values, <c>[N, 1]</c>.</summary>
    /// <exception cref="InvalidOperationException">The network has no policy, and then no value either.</exception>
    public Value Values => Mixture?.Values ?? this[Head.Value];

    /// <summary>The policies that act together; null where there is one.</summary>
    public MixtureGraph? Mixture { get; }

    /// <summary>What a head gives, <c>[N, size]</c>.</summary>
    /// <exception cref="InvalidOperationException">The network has no such head.</exception>
    public Value this[string head] => _heads.TryGetValue(head, out Value? value) ? value : throw HasNo(head);

    /// <summary>All parameters, for gradients.</summary>
    public IEnumerable<Value> Parameters => _layout.Slots.Select(slot => Graph.Parameter(slot));

    /// <summary>The name under which a head can be watched.</summary>
    public static string WatchedHead(string head) => $"heads.{head}";

    /// <summary>Whether a weight is used once per step of a sequence.</summary>
    public bool IsRepeated(ParameterSlot weight)
    {
        foreach (string path in _repeated)
        {
            if (weight.Name.StartsWith(path, StringComparison.Ordinal))
            {
                return Spec.CoreStateSize > 0;
            }
        }
        return false;
    }

    /// <inheritdoc cref="ParameterSource.Bind"/>
    public void BindParameters(IProgram program, float[] parameters) => _source.Bind(program, parameters);

    private InvalidOperationException HasNo(string head) =>
        new(
            $"The network has no head '{head}', only {string.Join(", ", _heads.Keys)}. Add it to the network's settings"
                + (Spec.HasPolicy ? "." : ", or use a network with a policy.")
        );

    private Value Parameter(string name) => _source[name];

    private Value Dense(Value x, string name)
    {
        using IDisposable scope = Graph.Scope(name);
        return Graph.Dense(x, Parameter(name + ".weight"), Parameter(name + ".bias"));
    }

    private Value Lookup(Value index, string name)
    {
        using IDisposable scope = Graph.Scope(name);
        return Parameter(name + ".table").Embed(index);
    }

    private Value OutputOf(string path, string trunk, string branch)
    {
        Value x = _branches[(trunk, branch)];
        return _plan.HeadsAreTables ? Lookup(x, path) : Dense(x, path);
    }

    private MixtureGraph Mixed(MixturePlan plan)
    {
        var logits = new List<Value>();
        var values = new List<Value>();
        Head policy = Spec.Heads[0];
        Head value = Spec.Heads[1];
        foreach (StagePlan stage in plan.Stages)
        {
            (string trunk, string branch) = Spec.FeaturesOf(stage, policy.Trunk);
            logits.Add(OfTask(stage, stage.Settings.SharedHead ? OutputOf(policy.Path, trunk, branch) : this[stage.PolicyHead]));
            (trunk, branch) = Spec.FeaturesOf(stage, value.Trunk);
            bool isShared = plan.Settings.SharedValue;
            values.Add(isShared ? OutputOf(value.Path, trunk, branch) : OfTask(stage, this[stage.ValueHead]));
        }
        return new MixtureGraph(
            Spec,
            Parameter(MixturePlan.Alpha),
            [.. logits, this[policy.Name]],
            [.. values, this[value.Name]]
        );
    }

    // Of a head with an output for each task, the one of the task at hand.
    private Value OfTask(StagePlan stage, Value all) =>
        stage.Task is { } task ? Features.Slice(task.Offset, task.Count).RowVectorTimes(all) : all;

    private void AddTrunk(string trunk, StepMode mode)
    {
        string prefix = Spec.PrefixOf(trunk);
        Value x = Convolved(prefix);
        bool convolves = x != Features;
        for (int i = 0; i < _plan.HiddenSizes.Length; i++)
        {
            string name = $"{prefix}encoder.{i}";
            bool isFirst = i == 0 && !convolves;
            x = Activated(
                isFirst && _plan.Features.Table is not null ? Lookup(x, name)
                : isFirst && IsSparse(name) ? Sparse(x, name)
                : Dense(x, name)
            );
        }
        foreach (CorePlace place in Spec.Cores.Where(place => place.Trunk == trunk))
        {
            Value encoded = x;
            foreach ((string name, _) in place.LayersOf(prefix))
            {
                encoded = Activated(Dense(encoded, name));
            }
            _repeated.Add(place.Path + ".");
            IReadOnlyList<Value> branches = _cores.Add(place, encoded, mode);
            for (int i = 0; i < branches.Count; i++)
            {
                _branches.Add((trunk, place.KeyOf(place.Core.Branches[i].Name)), branches[i]);
            }
        }
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
}
