using Agents.Networks.Layers;

namespace Agents.Networks.Cores;

/// <summary>No memory: heads read what the encoder gives.</summary>
/// <param name="inputs">Numbers that the encoder gives.</param>
internal sealed class IdentityCore(int inputs) : MemoryCore
{
    /// <inheritdoc/>
    public override IReadOnlyList<Branch> Branches { get; } = [new("encoded", inputs)];

    /// <inheritdoc/>
    public override void Declare(ParameterDeclarations parameters) { }

    /// <inheritdoc/>
    public override CoreStep Step(ParameterScope parameters, CoreInputs inputs, CoreState state, StepMode mode) =>
        new(inputs.Encoded);
}
