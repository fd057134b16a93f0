using System.Collections.Immutable;
using Agents.Networks.Layers;
using Agents.Programs;

namespace Agents.Networks.Cores.Transformers;

/// <summary>One layer: attention, then a perceptron, each joined to the stream that passes by it.</summary>
/// <remarks>
/// Before normalisation: Y = g(E, relu(attention(LN([memory, E])))), E' = g(Y, relu(f(LN(Y)))). Behind it: Y = LN(E + attention), E' = LN(Y + f(Y)).
/// Projections of queries, keys, values and positions have no bias; u and v of Dai et al. 2019 are <c>content_bias</c> and <c>position_bias</c>.
/// </remarks>
/// <param name="settings">Sizes and layout.</param>
/// <param name="width">Numbers of a row.</param>
/// <param name="name">Common name of the layer's parameters.</param>
/// <param name="memory">Name of the layer's ring.</param>
internal sealed class TransformerLayer(TransformerSettings settings, int width, string name, string memory)
{
    private readonly Gate _gate = new(settings.Gate, width, settings.InitialGateBias);

    /// <summary>Says which parameters the layer has.</summary>
    public void Declare(ParameterDeclarations parameters)
    {
        string attention = name + ".attention";
        int projected = settings.ProjectionSize;
        parameters.Norm($"{attention}.norm", width);
        foreach (string projection in (ReadOnlySpan<string>)["query", "key", "value"])
        {
            parameters.Weight($"{attention}.{projection}", width, projected);
        }
        parameters.Add($"{attention}.position.weight", [projected, width], new Initializer.Orthogonal(1));
        parameters.Add($"{attention}.content_bias", [projected], Initializer.Zeros);
        parameters.Add($"{attention}.position_bias", [projected], Initializer.Zeros);
        parameters.Weight($"{attention}.output", projected, width);
        _gate.Declare(parameters, $"{attention}.gate");
        string feedForward = name + ".feed_forward";
        parameters.Norm($"{feedForward}.norm", width);
        parameters.Dense($"{feedForward}.0", width, settings.FeedForwardSize, new Initializer.Orthogonal(MathF.Sqrt(2)));
        parameters.Dense($"{feedForward}.1", settings.FeedForwardSize, width);
        _gate.Declare(parameters, $"{feedForward}.gate");
    }

    /// <summary>One step.</summary>
    /// <returns>The stream behind the layer, the row that its ring keeps, and the weights of attention.</returns>
    public (Value Stream, Value Row, Value Weights) Step(ParameterScope core, Value x, CoreState state)
    {
        ParameterScope parameters = core.Within(name + ".attention");
        bool first = settings.NormalizesFirst;
        Value row = first ? x.Normalize() : x;
        Value z = first ? parameters.Scaled(row, "norm") : x;
        Value[] scale = first ? [parameters["norm.weight"], parameters["norm.bias"]] : [];
        using IDisposable scope = core.Graph.Scope(name + ".attention");
        ImmutableArray<Value> results = core.Graph.Apply(
            new RingAttention(settings.Heads, state.RingOf(memory)),
            [
                parameters.Product(z, "query"),
                row,
                state.Whole!,
                state.Age!,
                parameters["key.weight"],
                parameters["value.weight"].Transpose(settings.Heads),
                PositionKeys(parameters),
                parameters["content_bias"],
                parameters["position_bias"],
                .. scale,
            ]
        );
        return (Joined(core, x, parameters.Product(results[0], "output")), row, results[1]);
    }

    /// <summary>Whole sequences.</summary>
    /// <returns>The stream behind the layer.</returns>
    public Value Sequence(ParameterScope core, Value x, Value keep, CoreState initial)
    {
        ParameterScope parameters = core.Within(name + ".attention");
        bool first = settings.NormalizesFirst;
        Value z = first ? parameters.Norm(x, "norm") : x;
        Value remembered = core.Graph.Apply(new RingRows(initial.RingOf(memory)), initial.Whole!, initial.Age!)[0];
        remembered = first ? parameters.Scaled(remembered, "norm") : remembered;
        using IDisposable scope = core.Graph.Scope(name + ".attention");
        Value mixed = core.Graph.Apply(
            new RelativeAttention(settings.Heads, settings.MemoryLength),
            parameters.Product(z, "query"),
            parameters.Product(z, "key"),
            parameters.Product(z, "value"),
            parameters.Product(remembered, "key"),
            parameters.Product(remembered, "value"),
            PositionKeys(parameters),
            parameters["content_bias"],
            parameters["position_bias"],
            keep,
            initial.Age!
        )[0];
        return Joined(core, x, parameters.Product(mixed, "output"));
    }

    private Value Joined(ParameterScope core, Value x, Value attended)
    {
        ParameterScope attention = core.Within(name + ".attention");
        ParameterScope feedForward = core.Within(name + ".feed_forward");
        if (!settings.NormalizesFirst)
        {
            Value normalized = attention.Norm(x + attended, "norm");
            return feedForward.Norm(normalized + Perceived(feedForward, normalized), "norm");
        }
        Value y = _gate.Join(attention.Within("gate"), x, attended.Relu());
        return _gate.Join(feedForward.Within("gate"), y, Perceived(feedForward, feedForward.Norm(y, "norm")).Relu());
    }

    private static Value Perceived(ParameterScope parameters, Value x) => parameters.Dense(parameters.Dense(x, "0").Relu(), "1");

    // From the farthest step to the query itself.
    private Value PositionKeys(ParameterScope parameters)
    {
        float[] table = RelativePositions.Table(settings.MemoryLength, width);
        Value positions = parameters.Graph.Constant(table, settings.MemoryLength + 1, width);
        return parameters.Graph.Apply(new RowDots(), parameters["position.weight"], positions)[0];
    }
}
