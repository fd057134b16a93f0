using Fleet.Intake;
using Fleet.Telemetry;

namespace Fleet.Batches;

/// <summary>
/// Unrolls that wait until there are enough for a batch. Of two actors' sizes each fills batches of its own, so that every batch has the same shape;
/// what grows too old while it waits is refused.
/// </summary>
/// <param name="hub">Where unrolls come from and go back to.</param>
/// <param name="copies">Environment copies of a batch.</param>
/// <param name="maxAge">Most updates between an unroll's parameters and the learner's; 0 for any number.</param>
internal sealed class UnrollGroups(FleetHub hub, int copies, int maxAge)
{
    private readonly Dictionary<int, List<PendingUnroll>> _groups = [];

    /// <summary>Adds an unroll.</summary>
    /// <param name="pending">The unroll.</param>
    /// <param name="version">Updates that the learner has taken.</param>
    /// <param name="batch">Receives the unrolls of the batch that is whole with it, in the order in which they came.</param>
    /// <returns>Whether there is one.</returns>
    public bool TryComplete(PendingUnroll pending, long version, List<PendingUnroll> batch)
    {
        if (!_groups.TryGetValue(pending.Unroll.Copies, out List<PendingUnroll>? group))
        {
            _groups[pending.Unroll.Copies] = group = [];
        }
        group.Add(pending);
        DropStale(group, version);
        if (group.Count * pending.Unroll.Copies != copies)
        {
            return false;
        }
        batch.AddRange(group);
        group.Clear();
        return true;
    }

    private void DropStale(List<PendingUnroll> group, long version)
    {
        // In order, since settling one says that those before it are settled.
        for (int i = 0; i < group.Count && maxAge > 0; )
        {
            PendingUnroll pending = group[i];
            if (pending.AgeAt(version) <= maxAge)
            {
                i++;
                continue;
            }
            hub.Metrics.CountRefused(RefusalReason.Stale, pending.Unroll.Steps * pending.Unroll.Copies);
            pending.Settle(refused: true);
            hub.Intake.Pool.Return(pending.Unroll);
            group.RemoveAt(i);
        }
    }
}
