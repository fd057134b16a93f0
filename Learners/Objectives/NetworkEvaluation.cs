using Agents.Distributions;
using Agents.Networks;
using Agents.Programs;
using Learners.Batches;

namespace Learners.Objectives;

/// <summary>What objectives read: values of a graph, for each sample of a batch.</summary>
internal sealed class NetworkEvaluation
{
    private readonly Dictionary<Column, Value> _columns = [];
    private readonly Dictionary<string, NetworkEvaluation> _models = [];
    private readonly List<(Value Scalar, Func<double, double> At)> _schedules = [];

    private readonly ActionDistribution? _distribution; // null without a policy
    private readonly Value? _distributions;
    private readonly Value? _values;

    /// <summary>An evaluation of what a network's graph says.</summary>
    /// <param name="network">The graph, of a network with a policy or without one.</param>
    public NetworkEvaluation(NetworkGraph network)
    {
        (Network, Spec, Graph) = (network, network.Spec, network.Graph);
        if (Spec.HasPolicy)
        {
            _distribution = Spec.Distribution;
            (_distributions, _values) = (network.Distributions, network.Values);
        }
    }

    /// <summary>An evaluation of distributions and values, wherever they come from.</summary>
    /// <param name="spec">The network.</param>
    /// <param name="distributions">Parameters of its distributions, <c>[N, P]</c>.</param>
    /// <param name="values">Its values, <c>[N, 1]</c>.</param>
    /// <param name="logProb">Log-probs of the actions; found from distributions and actions where null.</param>
    /// <param name="entropy">Entropies; found from distributions where null.</param>
    public NetworkEvaluation(NetworkSpec spec, Value distributions, Value values, Value? logProb = null, Value? entropy = null)
    {
        LogProb = logProb!;
        Entropy = entropy!;
        Spec = spec;
        Graph = distributions.Graph;
        _distribution = spec.Distribution;
        (_distributions, _values) = (distributions, values);
    }

    /// <summary>The graph, which objectives add to.</summary>
    public Graph Graph { get; }

    /// <summary>The network.</summary>
    public NetworkSpec Spec { get; }

    /// <summary>Family of the policy's distributions.</summary>
    /// <exception cref="InvalidOperationException">The network has no policy.</exception>
    public ActionDistribution Distribution => _distribution ?? throw HasNoPolicy;

    /// <summary>Parameters of the target policy's distributions, <c>[N, P]</c>.</summary>
    /// <exception cref="InvalidOperationException">The network has no policy.</exception>
    public Value Distributions => _distributions ?? throw HasNoPolicy;

    /// <summary>V of each observation, <c>[N, 1]</c>.</summary>
    /// <exception cref="InvalidOperationException">The network has no policy, and then no value either.</exception>
    public Value Values => _values ?? throw HasNoPolicy;

    /// <summary>Log-probs of the actions under the target policy, <c>[N, 1]</c>.</summary>
    /// <exception cref="InvalidOperationException">The network has no policy.</exception>
    public Value LogProb
    {
        get => field ??= Distribution.LogProb(Distributions, this[Column.Actions(Spec)]);
        private set;
    }

    /// <summary>Entropies of the target policy in nats, <c>[N, 1]</c>.</summary>
    public Value Entropy
    {
        get => field ??= Distribution.Entropy(Distributions);
        private init;
    }

    /// <summary>Columns that were read, with their inputs of the graph.</summary>
    public Dictionary<Column, Value> Columns => _columns;

    /// <summary>What further heads give, by name, <c>[N, size]</c>.</summary>
    /// <param name="head">Name of a head of the network's settings.</param>
    /// <exception cref="InvalidOperationException">The network has no such head.</exception>
    public Value this[string head] =>
        Network is not null && Spec.Heads.Any(other => other.Name == head)
            ? Network[head]
            : throw new InvalidOperationException(
                $"The network has no head '{head}', only {string.Join(", ", Spec.Heads.Select(other => other.Name))}. Add it to the network's settings in NetworkOf of the agent."
            );

    /// <summary>The network's graph; null where only distributions and values are known.</summary>
    public NetworkGraph? Network { get; }

    /// <summary>What other models say about the same samples, by name.</summary>
    public IReadOnlyDictionary<string, NetworkEvaluation> Models => _models;

    /// <summary>What another model says about the same samples: its graph becomes part of the loss, and no gradient reaches its parameters.</summary>
    /// <param name="model">Name of the model, under which its parameters are bound; its features and states are columns that begin with it and a point.</param>
    /// <param name="spec">Its network; where it has actions, they are those of this one.</param>
    public NetworkEvaluation Of(string model, NetworkSpec spec)
    {
        if (_models.TryGetValue(model, out NetworkEvaluation? known))
        {
            return known;
        }
        if (spec.HasPolicy && spec.ActionSpace != Spec.ActionSpace)
        {
            throw new ArgumentException(
                $"The model {model} has actions {spec.ActionSpace}, and the network {Spec.ActionSpace}. Both must be the same.",
                nameof(spec)
            );
        }
        var network = new NetworkGraph(spec, Graph, model: model);
        _columns.Add(Column.Features(spec) with { Name = $"{model}.features" }, network.Features);
        if (network.Keep is { } keep)
        {
            _columns.Add(new Column($"{model}.keep"), keep);
            _columns.Add(Column.InitialCoreState(spec) with { Name = $"{model}.initial_core_state" }, network.InitialCoreState!);
        }
        var evaluation = new NetworkEvaluation(network);
        if (spec.HasPolicy)
        {
            evaluation.LogProb = Distribution.LogProb(network.Distributions, this[Column.Actions(Spec)]);
        }
        _models.Add(model, evaluation);
        return evaluation;
    }

    private InvalidOperationException HasNoPolicy =>
        new(
            $"The network has no policy and no value, only the heads {string.Join(", ", Spec.Heads.Select(head => head.Name))}. "
                + "Read a head by its name, or use a network with a policy."
        );

    /// <summary>Whether samples count by <see cref="Column.SampleWeights"/>, since some objective reads them, and not all alike.</summary>
    public bool IsWeighted { get; init; }

    /// <summary>The mean over samples, by their weights where they have some.</summary>
    /// <param name="perSample"><c>[N, 1]</c>.</param>
    public Value Mean(Value perSample) => IsWeighted ? (perSample * this[Column.SampleWeights]).Mean() : perSample.Mean();

    /// <summary>A column of the batch, <c>[N, Width]</c>.</summary>
    public Value this[Column column]
    {
        get
        {
            if (Network is not null && column == Column.Features(Spec))
            {
                return Network.Features;
            }
            if (!_columns.TryGetValue(column, out Value? value))
            {
                value = Graph.Input(column.Name, column.Width, column.Space);
                _columns.Add(column, value);
            }
            return value;
        }
    }

    /// <summary>A number that changes between updates.</summary>
    /// <param name="title">Name, unique in the graph.</param>
    /// <param name="at">The number at a share of the run's steps, 0 to 1; asked before each update.</param>
    public Value Schedule(string title, Func<double, double> at)
    {
        Value scalar = Graph.Scalar(title);
        _schedules.Add((scalar, at));
        return scalar;
    }

    /// <summary>The numbers of all schedules now.</summary>
    /// <param name="progress">Share of the run's steps done, 0 to 1.</param>
    /// <param name="set">Receives them.</param>
    public void Advance(double progress, Action<Value, float> set)
    {
        foreach ((Value scalar, Func<double, double> at) in _schedules)
        {
            set(scalar, (float)at(progress));
        }
    }
}
