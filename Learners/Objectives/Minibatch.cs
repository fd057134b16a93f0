using Agents.Networks;
using Learners.Batches;

namespace Learners.Objectives;

/// <summary>Makes the batches that engines learn from.</summary>
internal static class Minibatch
{
    /// <summary>A batch with the columns of every agent, but for those of actions where the network has no policy, and those that some objectives read.</summary>
    /// <param name="spec">The network.</param>
    /// <param name="objectives">Objectives that will read it.</param>
    /// <param name="count">Samples, N = T × B.</param>
    /// <param name="steps">Consecutive steps, T; 1 for samples that do not belong together.</param>
    public static Batch Create(NetworkSpec spec, IEnumerable<Objective> objectives, int count, int steps = 1)
    {
        Column[] acting = spec.HasPolicy
            ? [Column.Actions(spec), Column.BehaviourLogProbs, Column.OldValues, Column.Advantages, Column.Returns]
            : [];
        var batch = new Batch(
            [
                Column.Observations(spec),
                Column.Features(spec),
                Column.InitialCoreState(spec),
                .. acting,
                .. objectives.SelectMany(objective => objective.Reads).Distinct(),
            ],
            count,
            steps
        );
        if (spec.Plan.Features.AreObservations)
        {
            batch.Share(Column.Observations(spec), batch[Column.Features(spec)]);
        }
        return batch;
    }
}
