using Agents.Networks.Layers;

namespace Agents.Networks.Cores.Own;

/// <summary>Takes the parameters that a core asks for.</summary>
public sealed class CoreParameters
{
    private readonly ParameterDeclarations _declarations;

    internal CoreParameters(ParameterDeclarations declarations) => _declarations = declarations;

    /// <summary>A dense layer: a weight <c>[outputs, inputs]</c>, which begins orthogonal, and a bias, which begins at 0.</summary>
    public void Dense(string name, int inputs, int outputs) => _declarations.Dense(name, inputs, outputs);

    /// <summary>A product without a bias: a weight <c>[outputs, inputs]</c>, which begins orthogonal.</summary>
    public void Product(string name, int inputs, int outputs) => _declarations.Weight(name, inputs, outputs);

    /// <summary>Gain and offset of a layer normalisation, which begin at 1 and 0.</summary>
    public void Norm(string name, int size) => _declarations.Norm(name, size);

    /// <summary>Numbers that begin at independent draws between two limits, or at one number where these are equal.</summary>
    public void Vector(string name, int size, float low, float high) =>
        _declarations.Add(name, [size], low == high ? new Initializer.Constant(low) : new Initializer.Uniform(low, high));
}
