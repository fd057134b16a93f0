namespace Learners.Fleet;

/// <summary>What a learner knows about one actor. Every member is guarded by locking the record.</summary>
internal sealed class ActorRecord(string id, int slot)
{
    /// <summary>Ledgers by incarnation.</summary>
    public Dictionary<long, Ledger> Ledgers { get; } = [];

    /// <summary>Name of the actor.</summary>
    public string Id => id;

    /// <summary>Which of the run's actors it is, from 0.</summary>
    public int Slot => slot;

    /// <summary>Incarnations that this actor had.</summary>
    public long Starts { get; set; }

    /// <summary>Its newest incarnation; 0 for none.</summary>
    public long LatestIncarnation { get; set; }

    /// <summary>Environment copies it steps.</summary>
    public int Copies { get; set; }

    /// <summary>Unrolls accepted of it.</summary>
    public long Unrolls { get; set; }

    /// <summary>Unrolls refused of it.</summary>
    public long Refused { get; set; }

    /// <summary>Refused in a row.</summary>
    public int Defects { get; set; }

    /// <summary>Why it is turned away; null where it is not.</summary>
    public string? Quarantine { get; set; }

    /// <summary>Time stamp of its latest message; 0 for none.</summary>
    public long LastMessage { get; set; }

    /// <summary>Its open stream.</summary>
    public ActorConnection? Connection { get; set; }

    /// <summary>The ledger of an incarnation, made where there is none.</summary>
    public Ledger LedgerOf(long incarnation)
    {
        if (!Ledgers.TryGetValue(incarnation, out Ledger? ledger))
        {
            Ledgers[incarnation] = ledger = new Ledger();
        }
        return ledger;
    }
}
