namespace Page.Runs;

/// <summary>What a run is doing, as far as its folder and the processes of this machine tell.</summary>
internal enum RunState
{
    /// <summary>A process holds the folder and trains.</summary>
    Training,

    /// <summary>Trained to its last step and evaluated.</summary>
    Finished,

    /// <summary>Interrupted, and everything is saved.</summary>
    Stopped,

    /// <summary>Neither finished nor stopped, and no process holds the folder: it was killed, or its machine went down.</summary>
    Dead,

    /// <summary>A file of it cannot be read; the reason is told beside it.</summary>
    Damaged,
}
