using Agents.Networks.Layers;
using Agents.Programs;

namespace Agents.Networks.Cores;

/// <summary>What lies between a network's encoder and its heads, and remembers. Immutable; written once, for every executor.</summary>
/// <remarks>
/// To add a core: derive from this class, in a folder of its own where it has several files, and add an entry to the table of <see cref="MemoryCores"/>;
/// that is all. A core says what it remembers (<see cref="State"/>), what heads can read (<see cref="Branches"/>), which parameters it has
/// (<see cref="Declare"/>), and what one step computes (<see cref="Step"/>), as values of a graph, whose operations stand in
/// <c>Value.Operations.cs</c>: a vector <c>[1, size]</c> and a column <c>[N, 1]</c> may be the second operand of rows. Resets, sequences, gradients,
/// checkpoints and the wire are the framework's.
/// <para>
/// Settings of its own: a record that derives from <see cref="CoreSettings"/>, whose name is the core's; an instance with the defaults stands at the entry,
/// and the core is made of <c>choice.Own&lt;T&gt;()</c> (<see cref="CoreChoice"/>). The layer-normalised LSTM is an example. <c>MemoryCoreTests</c> and <c>CoreTrainingTests</c> take cores
/// with their defaults from the table; other settings that are to be tested go into <c>CoreCases</c>.
/// </para>
/// <para>
/// Rows are time-major: row t × B + b is step t of copy b. The framework makes the loop over steps: what <see cref="Step"/> computes from inputs alone
/// is computed for all steps at once, and only what depends on the state runs step by step.
/// </para>
/// </remarks>
internal abstract class MemoryCore
{
    /// <summary>What heads can read; the acting head reads the first.</summary>
    public abstract IReadOnlyList<Branch> Branches { get; }

    /// <summary>What is remembered of each copy; empty for a core without memory.</summary>
    public virtual IReadOnlyList<StatePart> State => [];

    /// <summary>Says which parameters the core has.</summary>
    /// <param name="parameters">Takes them; their order is that of the flat buffer.</param>
    public abstract void Declare(ParameterDeclarations parameters);

    /// <summary>Adds one step to a graph.</summary>
    /// <param name="parameters">The declared parameters.</param>
    /// <param name="inputs">What each row reads.</param>
    /// <param name="state">What the step before left, already 0 where an episode starts.</param>
    /// <param name="mode">What the graph is for.</param>
    public abstract CoreStep Step(ParameterScope parameters, CoreInputs inputs, CoreState state, StepMode mode);

    /// <summary>
    /// Adds whole sequences to a graph, for gradients, where there is a better form than a loop over steps: attention over all rows, a parallel scan.
    /// The contract test holds it to <see cref="Step"/> at 1e-5.
    /// </summary>
    /// <param name="parameters">The declared parameters.</param>
    /// <param name="inputs">What each row reads.</param>
    /// <param name="initial">The state before the sequences, <c>[B, columns]</c>, which the first step's keep has not been applied to.</param>
    /// <param name="mode">What the graph is for.</param>
    /// <returns>The branches, each <c>[N, columns]</c>; null, the default, for a loop.</returns>
    public virtual IReadOnlyList<Value>? Sequence(
        ParameterScope parameters,
        CoreInputs inputs,
        CoreState initial,
        StepMode mode
    ) => null;

    /// <summary>
    /// The largest arrays that gradients of the core keep until they come back: what each nonlinearity, product and normalisation gave. They only have
    /// to be right within a small factor, so that a run that cannot fit is refused before it begins.
    /// </summary>
    /// <param name="steps">Steps of a sequence.</param>
    public virtual IReadOnlyList<KeptArrays> Activations(int steps) => [];

    /// <summary>Keeps a share of the numbers at random and scales them up, while training (Srivastava et al. 2014).</summary>
    /// <param name="x"><c>[N, columns]</c>.</param>
    /// <param name="rate">Share that is dropped, 0 to below 1.</param>
    /// <param name="name">Name of the draw, unique in the graph.</param>
    /// <param name="mode">What the graph is for.</param>
    protected static Value Dropout(Value x, float rate, string name, StepMode mode) =>
        !mode.Training || rate == 0 ? x : x.Where(x.Graph.Draw(DrawKind.Bernoulli, name, x.Columns, 1 - rate)) * (1 / (1 - rate));

    /// <summary>Leaves a share of the state as it was, at random while training, in expectation otherwise (Krueger et al. 2017).</summary>
    /// <param name="previous">The state before the step, <c>[N, columns]</c>.</param>
    /// <param name="next">The state after it.</param>
    /// <param name="rate">Share that stays, 0 to 1.</param>
    /// <param name="name">Name of the draw, unique in the graph.</param>
    /// <param name="mode">What the graph is for.</param>
    protected static Value Zoneout(Value previous, Value next, float rate, string name, StepMode mode)
    {
        if (rate == 0)
        {
            return next;
        }
        if (!mode.Training)
        {
            return next + (previous - next) * rate;
        }
        Value stays = next.Graph.Draw(DrawKind.Bernoulli, name, next.Columns, rate);
        return next.Where(1 - stays) + previous.Where(stays);
    }
}
