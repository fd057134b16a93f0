using Protos.Fleet;

namespace Fleet.Admission;

/// <summary>What a learner knows about one actor. Every member is guarded by locking the record.</summary>
internal sealed class ActorRecord(string id, int slot)
{
    // Long enough for an actor whose stream broke to try again several times, short enough for a new process to wait for it.
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(4);

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

    /// <summary>Whose the name is; null for nobody's yet.</summary>
    public NameHolder? Holder { get; set; }

    /// <summary>Time stamp of the end of its latest stream, where that broke; null where the actor left by itself.</summary>
    public long? LeaseStart { get; set; }

    /// <summary>Whether its stream is open, or broke so short a time ago that its actor may come back.</summary>
    public bool IsHeld(TimeProvider clock) =>
        Connection is not null || (LeaseStart is { } start && clock.GetElapsedTime(start) < Lease);

    /// <summary>Whether a hello comes from somebody else than who holds the name now.</summary>
    public bool IsHeldAgainst(Hello hello, TimeProvider clock) => Holder is not null && IsHeld(clock) && !Holder.Is(hello);

    /// <summary>Gives the name to whoever said hello; what a former holder did is not held against a new one.</summary>
    public void GiveTo(Hello hello)
    {
        if (Holder is null || !Holder.Is(hello))
        {
            Holder = new NameHolder(hello);
            Quarantine = null;
            Defects = 0;
        }
    }

    /// <summary>Forgets incarnations that never sent anything, of which there may be as many as hellos.</summary>
    /// <param name="incarnation">The one that goes on.</param>
    public void ForgetSilent(long incarnation)
    {
        foreach ((long other, Ledger ledger) in Ledgers)
        {
            if (other != incarnation && ledger is { NextAccepted: 0, IsSettled: true })
            {
                Ledgers.Remove(other); // which a dictionary allows while it is walked through
            }
        }
    }

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
