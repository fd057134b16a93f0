using Fleet.Admission;
using Protos;

namespace Fleet.Intake;

/// <summary>An accepted unroll on its way to the learner.</summary>
/// <param name="Unroll">From the pool; goes back to it.</param>
/// <param name="Actor">Who sent it.</param>
/// <param name="Ledger">Its incarnation's.</param>
internal readonly record struct PendingUnroll(Unroll Unroll, ActorRecord Actor, Ledger Ledger)
{
    /// <summary>Updates that the learner took after those of the parameters that acted; below 0 where a killed learner was further than the one that goes on.</summary>
    /// <param name="version">Updates that the learner has taken.</param>
    public long AgeAt(long version) => version - Unroll.Header.ParameterVersion;

    /// <summary>Notes that it was learned from, or refused when its turn came.</summary>
    public void Settle(bool refused = false)
    {
        lock (Actor)
        {
            Ledger.Settle(Unroll.Header.SequenceNumber);
            Actor.Refused += refused ? 1 : 0;
            Actor.Connection?.Wake();
        }
    }
}
