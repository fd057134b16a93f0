using Agents.Networks.Layers;
using Agents.Programs;

namespace Agents.Networks.Cores.NormalizedLstm;

/// <summary>A long short-term memory whose four gates are normalised, each by itself, and its cell where it is read; with zoneout and dropout.</summary>
/// <remarks>
/// u = W_x x + W_h h + b; i, j, f, o = gain LN(u) + offset, gate by gate; c' = σ(f + 1) c + σ(i) tanh j; h' = σ(o) tanh(gain LN(c') + offset). The cell
/// is remembered as it is. Ba, Kiros and Hinton 2016, as Mujika, Meier and Steger 2017 use it; zoneout is Krueger et al. 2017.
/// </remarks>
/// <param name="inputs">Numbers that it reads.</param>
/// <param name="size">Units.</param>
/// <param name="settings">Its noise.</param>
internal sealed class NormalizedLstmCore(int inputs, int size, NormalizedLstmSettings settings) : MemoryCore
{
    private const int Gates = 4;

    /// <inheritdoc/>
    public override IReadOnlyList<Branch> Branches { get; } = [new("output", size)];

    /// <inheritdoc/>
    public override IReadOnlyList<StatePart> State { get; } = [new("output", size), new("cell", size)];

    /// <inheritdoc/>
    public override void Declare(ParameterDeclarations parameters)
    {
        parameters.Dense("input", inputs, Gates * size);
        parameters.Weight("hidden", size, Gates * size);
        parameters.Norm("gates", Gates * size);
        parameters.Norm("cell", size);
    }

    /// <inheritdoc/>
    public override CoreStep Step(ParameterScope parameters, CoreInputs inputs, CoreState state, StepMode mode)
    {
        Value x = Dropout(inputs.Encoded, settings.Dropout, parameters.NameOf("dropout"), mode);
        Value summed = parameters.Product(state["output"], "hidden", parameters.Dense(x, "input"));
        var normalized = new Value[Gates];
        for (int gate = 0; gate < Gates; gate++)
        {
            normalized[gate] = summed.Slice(gate * size, size).Normalize();
        }
        Value gates = parameters.Scaled(Value.Concat(normalized), "gates");
        Value candidate = gates.Slice(size, size).Tanh();
        Value forget = (gates.Slice(2 * size, size) + 1).Sigmoid();
        Value cell = forget * state["cell"] + gates[..size].Sigmoid() * candidate;
        Value output = gates.Slice(3 * size, size).Sigmoid() * parameters.Norm(cell, "cell").Tanh();
        output = Zoneout(state["output"], output, settings.ZoneoutOutput, parameters.NameOf("zoneout_output"), mode);
        cell = Zoneout(state["cell"], cell, settings.ZoneoutCell, parameters.NameOf("zoneout_cell"), mode);
        return new CoreStep(output, output, cell);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<KeptArrays> Activations(int steps) => [new("gates", Gates * size, 3)];
}
