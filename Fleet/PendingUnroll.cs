using Protos;

namespace Fleet;

/// <summary>An accepted unroll on its way to the learner.</summary>
/// <param name="Unroll">From the pool; goes back to it.</param>
/// <param name="Actor">Who sent it.</param>
/// <param name="Ledger">Its incarnation's.</param>
internal readonly record struct PendingUnroll(Unroll Unroll, ActorRecord Actor, Ledger Ledger);
