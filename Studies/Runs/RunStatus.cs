namespace Studies.Runs;

/// <summary>How far a run of a claim is.</summary>
internal enum RunStatus
{
    /// <summary>Nothing of it is on the disk.</summary>
    New,

    /// <summary>A checkpoint is there to continue from.</summary>
    Partial,

    /// <summary>Trained and evaluated.</summary>
    Finished,
}
