using Agents.Networks.Layers;

namespace Agents.Networks.Cores.Own;

/// <summary>A core that is written outside of the framework.</summary>
/// <param name="inputs">Numbers that the encoder gives.</param>
/// <param name="size"><c>network.core_size</c>.</param>
/// <param name="settings">What it is.</param>
internal sealed class OwnCore(int inputs, int size, OwnCoreSettings settings) : MemoryCore
{
    /// <inheritdoc/>
    public override IReadOnlyList<Branch> Branches { get; } = [new("output", settings.OutputOf(size))];

    /// <inheritdoc/>
    public override IReadOnlyList<StatePart> State { get; } =
    [.. settings.StateOf(size).Select(part => new StatePart(part.Name, part.Columns))];

    /// <inheritdoc/>
    public override void Declare(ParameterDeclarations parameters) =>
        settings.Declare(new CoreParameters(parameters), inputs, size);

    /// <inheritdoc/>
    public override CoreStep Step(ParameterScope parameters, CoreInputs inputs, CoreState state, StepMode mode)
    {
        var cell = new CoreCell(parameters, inputs, state, size);
        Programs.Value output = settings.Step(cell);
        return new CoreStep([output], [.. State.Select(part => cell.NextOf(part.Name))]);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<KeptArrays> Activations(int steps) => [new("steps of the core", size, 4)];
}
