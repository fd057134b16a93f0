using Agents.Programs;

namespace Agents.Networks.Layers;

/// <summary>The parameters of a part of a network in a graph, by the names under which the part declared them.</summary>
/// <param name="graph">The graph.</param>
/// <param name="source">The network's parameters.</param>
/// <param name="path">Path of the part, such as <c>actor.core</c>.</param>
internal sealed class ParameterScope(Graph graph, ParameterSource source, string path)
{
    /// <summary>The graph.</summary>
    public Graph Graph => graph;

    /// <summary>An array: a weight is <c>[outputs, inputs]</c>, a vector <c>[1, size]</c>.</summary>
    public Value this[string name] => source[$"{path}.{name}"];

    /// <summary>A name within the part that no other part of the network has, for draws.</summary>
    public string NameOf(string name) => source.TitleOf($"{path}.{name}");

    /// <summary>The parameters of a part within the part.</summary>
    public ParameterScope Within(string name) => new(graph, source, $"{path}.{name}");

    /// <summary>x Wᵀ + b of a layer that was declared by <see cref="ParameterDeclarations.Dense"/>.</summary>
    public Value Dense(Value x, string name)
    {
        using IDisposable scope = graph.Scope($"{path}.{name}");
        return graph.Dense(x, this[name + ".weight"], this[name + ".bias"]);
    }

    /// <summary>x Wᵀ, added to rows where there are some, of a product that was declared by <see cref="ParameterDeclarations.Weight"/>.</summary>
    public Value Product(Value x, string name, Value? added = null)
    {
        using IDisposable scope = graph.Scope($"{path}.{name}");
        Value weight = this[name + ".weight"].Transpose();
        return added is null ? x.Times(weight) : x.Times(weight, added);
    }

    /// <summary>Layer normalisation that was declared by <see cref="ParameterDeclarations.Norm"/> (Ba, Kiros and Hinton 2016).</summary>
    public Value Norm(Value x, string name) => Scaled(x.Normalize(), name);

    /// <summary>Gain and offset of a layer normalisation, for rows at mean 0 and deviation 1.</summary>
    public Value Scaled(Value standard, string name) => standard * this[name + ".weight"] + this[name + ".bias"];
}
