using System.ComponentModel.DataAnnotations;
using Agents.Networks.Cores.Own;
using Agents.Programs;

namespace Extend;

/// <summary>A leaky integrator: h' = decay h + (1 − decay) tanh(W x + u h + b).</summary>
public sealed record LeakyCore : OwnCoreSettings
{
    /// <inheritdoc/>
    public override string Core => "leaky";

    /// <inheritdoc/>
    public override string Description => "a recurrent layer that forgets slowly";

    /// <summary>Share of the memory that stays in a step.</summary>
    /// <value>0 to 1. Default 0.5.</value>
    [Range(0f, 1f)]
    public float Decay { get; init; } = 0.5f;

    /// <inheritdoc/>
    public override IReadOnlyList<CorePart> StateOf(int size) => [new("memory", size)];

    /// <inheritdoc/>
    public override void Declare(CoreParameters parameters, int inputs, int size)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        parameters.Dense("input", inputs, size);
        parameters.Vector("recurrent", size, 0, 1);
    }

    /// <inheritdoc/>
    public override Value Step(CoreCell cell)
    {
        ArgumentNullException.ThrowIfNull(cell);
        Value memory = cell["memory"];
        Value next = (cell.Dense(cell.Input, "input") + memory * cell.Parameter("recurrent")).Tanh();
        Value output = memory * Decay + next * (1 - Decay);
        cell.Remember("memory", output);
        return output;
    }
}
