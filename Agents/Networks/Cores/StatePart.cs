namespace Agents.Networks.Cores;

/// <summary>A named part of what a core remembers of each copy.</summary>
/// <param name="Name">Name, unique in its core.</param>
/// <param name="Columns">Numbers that a step writes.</param>
/// <param name="Lifetime">When it begins anew, with zeros.</param>
/// <param name="Length">Rows of a ring of the last steps: a step writes one row, and reads rows by an operator that knows rings. 0 for no ring.</param>
internal sealed record StatePart(string Name, int Columns, StateLifetime Lifetime = StateLifetime.Episode, int Length = 0)
{
    /// <summary>Numbers of all rows.</summary>
    public int Size => Columns * Math.Max(1, Length);

    /// <summary>Whether it is a ring of the last steps.</summary>
    public bool IsRing => Length > 0;
}

/// <summary>When a part of a state begins anew.</summary>
internal enum StateLifetime
{
    /// <summary>With each episode.</summary>
    Episode,

    /// <summary>With each new task: it outlives episodes of one task.</summary>
    Task,
}
