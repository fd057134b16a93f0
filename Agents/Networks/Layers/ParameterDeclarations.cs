namespace Agents.Networks.Layers;

/// <summary>Takes the parameters that a part of a network asks for, under the part's own path.</summary>
/// <param name="add">Adds an array to the network's flat buffer: its full name, its shape, how it begins, and whether rows are multiplied with it.</param>
/// <param name="path">Path of the part, such as <c>actor.core</c>.</param>
internal sealed class ParameterDeclarations(Action<string, int[], Initializer, bool> add, string path)
{
    /// <summary>The declarations of a part within the part, as <see cref="ParameterScope.Within"/> finds them.</summary>
    public ParameterDeclarations Within(string name) => new(add, $"{path}.{name}");

    /// <summary>A dense layer: <c>NAME.weight</c>, <c>[outputs, inputs]</c>, and <c>NAME.bias</c>, which begins at 0.</summary>
    /// <param name="name">Name within the part.</param>
    /// <param name="inputs">Numbers that it reads.</param>
    /// <param name="outputs">Numbers that it gives.</param>
    /// <param name="weight">How the weight begins; null for an orthogonal matrix.</param>
    public void Dense(string name, int inputs, int outputs, Initializer? weight = null)
    {
        Weight(name, inputs, outputs, weight);
        Add(name + ".bias", [outputs], Initializer.Zeros);
    }

    /// <summary>A product without a bias: <c>NAME.weight</c>, <c>[outputs, inputs]</c>.</summary>
    /// <inheritdoc cref="Dense"/>
    public void Weight(string name, int inputs, int outputs, Initializer? weight = null) =>
        add($"{path}.{name}.weight", [outputs, inputs], weight ?? new Initializer.Orthogonal(1), true);

    /// <summary>Gain <c>NAME.weight</c> and offset <c>NAME.bias</c> of a layer normalisation, which begin at 1 and 0.</summary>
    /// <param name="name">Name within the part.</param>
    /// <param name="size">Numbers that are normalised together.</param>
    public void Norm(string name, int size)
    {
        Add(name + ".weight", [size], new Initializer.Constant(1));
        Add(name + ".bias", [size], Initializer.Zeros);
    }

    /// <summary>Any array.</summary>
    /// <param name="name">Name within the part.</param>
    /// <param name="shape">Dimensions, outermost first.</param>
    /// <param name="initializer">How it begins.</param>
    public void Add(string name, int[] shape, Initializer initializer) => add($"{path}.{name}", shape, initializer, false);
}
