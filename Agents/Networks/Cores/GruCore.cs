using Agents.Networks.Layers;
using Agents.Programs;

namespace Agents.Networks.Cores;

/// <summary>r, z = σ(·), n = tanh(W_x x + b_x + r (W_h h + b_h)), h' = n + z (h − n).</summary>
/// <remarks>Cho et al. 2014, in the form whose reset gate scales the product, as PyTorch computes it. Gates: reset, update, candidate.</remarks>
/// <param name="inputs">Numbers that it reads.</param>
/// <param name="size">Units.</param>
internal sealed class GruCore(int inputs, int size) : MemoryCore
{
    private const int Gates = 3;

    /// <inheritdoc/>
    public override IReadOnlyList<Branch> Branches { get; } = [new("output", size)];

    /// <inheritdoc/>
    public override IReadOnlyList<StatePart> State { get; } = [new("output", size)];

    /// <inheritdoc/>
    public override void Declare(ParameterDeclarations parameters)
    {
        parameters.Dense("input", inputs, Gates * size);
        parameters.Dense("hidden", size, Gates * size);
    }

    /// <inheritdoc/>
    public override CoreStep Step(ParameterScope parameters, CoreInputs inputs, CoreState state, StepMode mode)
    {
        Value hidden = state["output"];
        Value input = parameters.Dense(inputs.Encoded, "input");
        Value recurrent = parameters.Dense(hidden, "hidden");
        Value sigmoids = (input[..(2 * size)] + recurrent[..(2 * size)]).Sigmoid();
        Value candidate = (sigmoids[..size] * recurrent.Slice(2 * size, size) + input.Slice(2 * size, size)).Tanh();
        Value output = sigmoids.Slice(size, size) * (hidden - candidate) + candidate;
        return new CoreStep(output, output);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<KeptArrays> Activations(int steps) => [new("gates", Gates * size, 1)];
}
