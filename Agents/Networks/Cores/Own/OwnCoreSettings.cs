using Agents.Programs;

namespace Agents.Networks.Cores.Own;

/// <summary>
/// A memory core of your own, with its settings. Derive a record with a public constructor without parameters; <c>--assembly</c> finds it, and a program registers
/// it by <c>OwnParts.Register</c>. Then <c>network.core</c> is its name, and its properties stand under that name. Immutable.
/// </summary>
/// <remarks>
/// A core says what it remembers, which parameters it has and what one step computes. Loops over steps, resets, gradients, checkpoints and the wire are the
/// framework's. A policy with a core of an assembly is loaded where that assembly is registered.
/// <code>
/// public sealed record SimpleCore : OwnCoreSettings                      // h' = tanh(W x + u h + b)
/// {
///     public override string Core => "simple";
///     public override string Description => "a recurrent layer with a weight per unit";
///     public override IReadOnlyList&lt;CorePart&gt; StateOf(int size) => [new("output", size)];
///     public override void Declare(CoreParameters parameters, int inputs, int size)
///     {
///         parameters.Dense("input", inputs, size);
///         parameters.Vector("recurrent", size, 0, 1);
///     }
///     public override Value Step(CoreCell cell)
///     {
///         Value output = (cell.Dense(cell.Input, "input") + cell["output"] * cell.Parameter("recurrent")).Tanh();
///         cell.Remember("output", output);
///         return output;
///     }
/// }
/// </code>
/// </remarks>
public abstract record OwnCoreSettings : CoreSettings
{
    /// <summary>Half a sentence for people who choose a core.</summary>
    public abstract string Description { get; }

    /// <summary>Numbers of a row that the core gives to heads.</summary>
    /// <param name="size"><c>network.core_size</c>.</param>
    /// <returns>At least 1; the size itself unless overridden.</returns>
    public virtual int OutputOf(int size) => size;

    /// <summary>What is remembered of each copy; 0 where an episode begins.</summary>
    /// <param name="size"><c>network.core_size</c>.</param>
    public abstract IReadOnlyList<CorePart> StateOf(int size);

    /// <summary>Says which parameters the core has.</summary>
    /// <param name="parameters">Takes them; their order is that of the flat buffer.</param>
    /// <param name="inputs">Numbers that the encoder gives.</param>
    /// <param name="size"><c>network.core_size</c>.</param>
    public abstract void Declare(CoreParameters parameters, int inputs, int size);

    /// <summary>Computes one step of all copies.</summary>
    /// <param name="cell">What the step reads; each part of the state is given anew by <see cref="CoreCell.Remember"/>.</param>
    /// <returns>What heads read, <c>[N, <see cref="OutputOf"/>]</c>.</returns>
    public abstract Value Step(CoreCell cell);
}

/// <summary>A part of what a core remembers of each copy.</summary>
/// <param name="Name">Name, unique in its core.</param>
/// <param name="Columns">Numbers, at least 1.</param>
public readonly record struct CorePart(string Name, int Columns);
