namespace Studies.Cluster.Queue;

/// <summary>The one queue of a cluster: which worker does which leg of which study. What it answers is in the table before.</summary>
[Alias("agents.study.queue")]
internal interface IWorkQueueGrain : IGrainWithStringKey
{
    /// <summary>How long calls may take that are repeated anyway, so that a silo that died is not waited for.</summary>
    const string Soon = "00:00:02";

    /// <summary>Adds a leg; one that is there stays as it is.</summary>
    [Alias("add")]
    Task AddAsync(string study, int leg, string what);

    /// <summary>Hands out legs.</summary>
    [Alias("take")]
    Task<LegKey[]> TakeAsync(string worker, string address, int free);

    /// <summary>Hears of a worker.</summary>
    [Alias("beat")]
    [ResponseTimeout(Soon)]
    Task<BeatReply> BeatAsync(WorkerBeat beat);

    /// <summary>Hears that a worker has gone.</summary>
    [Alias("leave")]
    Task LeaveAsync(string worker);

    /// <summary>Tells of a study, and hears that it is carried out.</summary>
    [Alias("poll")]
    [ResponseTimeout(Soon)]
    Task<StudyView> PollAsync(string study);

    /// <summary>Asks that a leg saves and stops.</summary>
    [Alias("cancel")]
    Task CancelAsync(string study, int leg);

    /// <summary>Lets a leg wait again whose worker saved and stopped it, and whose folder was fetched.</summary>
    [Alias("return")]
    Task ReturnAsync(LegKey key);

    /// <summary>Removes a leg.</summary>
    [Alias("forget")]
    Task ForgetAsync(string study, int leg);
}
