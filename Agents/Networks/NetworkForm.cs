namespace Agents.Networks;

/// <summary>What the graph of a network computes in one run.</summary>
internal enum NetworkForm
{
    /// <summary>One step of each copy, whose state is advanced where it lies: acting.</summary>
    Step,

    /// <summary>Sequences as a loop over steps, which gives the bits of the steps one by one; not for cores with rings.</summary>
    Loop,

    /// <summary>Sequences for gradients, in the form that each core does best.</summary>
    Sequences,
}
