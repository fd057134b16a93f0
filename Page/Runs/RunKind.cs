namespace Page.Runs;

/// <summary>What wrote a folder.</summary>
internal enum RunKind
{
    /// <summary>An agent that trains, also one that was trained by a fleet.</summary>
    Training,

    /// <summary>A network that learns from inputs and targets.</summary>
    Supervised,

    /// <summary>A search for skills, with a run for each of them below it.</summary>
    Discovery,

    /// <summary>A sweep or a population, with its trials below it.</summary>
    Study,
}
