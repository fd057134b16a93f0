using Agents.Networks.Layers;
using Agents.Programs;

namespace Agents.Networks.Cores;

/// <summary>i, f, o = σ(·), g = tanh(·) of W_x x + b_x + W_h h + b_h; c' = f c + i g; h' = o tanh c'.</summary>
/// <remarks>Hochreiter and Schmidhuber 1997, with the forget gate of Gers et al. 2000. Gates are in PyTorch's order: input, forget, candidate, output.</remarks>
/// <param name="inputs">Numbers that it reads.</param>
/// <param name="size">Units.</param>
/// <param name="settings">How it begins.</param>
internal sealed class LstmCore(int inputs, int size, LstmSettings settings) : MemoryCore
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
        parameters.Add("hidden.bias", [Gates * size], new Initializer.Stretch(size, size, settings.ForgetBias));
    }

    /// <inheritdoc/>
    public override CoreStep Step(ParameterScope parameters, CoreInputs inputs, CoreState state, StepMode mode)
    {
        Value gates = parameters.Dense(inputs.Encoded, "input") + parameters.Dense(state["output"], "hidden");
        Value sigmoids = gates[..(2 * size)].Sigmoid();
        Value candidate = gates.Slice(2 * size, size).Tanh();
        Value cell = sigmoids.Slice(size, size) * state["cell"] + sigmoids[..size] * candidate;
        Value output = gates.Slice(3 * size, size).Sigmoid() * cell.Tanh();
        return new CoreStep(output, output, cell);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<KeptArrays> Activations(int steps) => [new("gates", Gates * size, 1)];
}
