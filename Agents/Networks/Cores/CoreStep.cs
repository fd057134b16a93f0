using Agents.Programs;

namespace Agents.Networks.Cores;

/// <summary>What a core gives in a step.</summary>
/// <param name="Branches">What heads read, in the order of <see cref="MemoryCore.Branches"/>, each <c>[N, columns]</c>.</param>
/// <param name="Next">Each part of the state after the step, in the order of <see cref="MemoryCore.State"/>, <c>[N, columns]</c>; of a ring the row that is written.</param>
internal sealed record CoreStep(IReadOnlyList<Value> Branches, IReadOnlyList<Value> Next)
{
    /// <summary>A step of one branch.</summary>
    public CoreStep(Value output, params IReadOnlyList<Value> next)
        : this([output], next) { }
}

/// <summary>Something of a core that heads can read.</summary>
/// <param name="Name">Name, unique in the core.</param>
/// <param name="Columns">Numbers of a row.</param>
internal sealed record Branch(string Name, int Columns);

/// <summary>A kind of arrays that gradients of a core keep, to estimate memory before a run.</summary>
/// <param name="What">What they hold, such as "keys and values".</param>
/// <param name="PerSample">Numbers per sample.</param>
/// <param name="Arrays">How many there are.</param>
internal sealed record KeptArrays(string What, double PerSample, int Arrays);

/// <summary>What a core is asked for.</summary>
/// <param name="Training">Whether noise such as dropout is drawn; else its expectation acts.</param>
/// <param name="Cut">Whether no gradient flows into the state of the step before.</param>
internal readonly record struct StepMode(bool Training = false, bool Cut = false);
