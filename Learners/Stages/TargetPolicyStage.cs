using Environments.State;
using Learners.Batches;
using Learners.Metrics;
using Learners.Models;

namespace Learners.Stages;

/// <summary>Writes what the target network's policy was, which updates must stay close to. The target is the model's, which saves it.</summary>
/// <param name="target">The target network.</param>
internal sealed class TargetPolicyStage(TargetNetwork target) : IBatchStage
{
    /// <inheritdoc/>
    public string Name => "target_policy";

    /// <inheritdoc/>
    public IReadOnlyList<Column> Writes { get; } = [Column.OldDistributions(target.Network.Spec)];

    /// <inheritdoc/>
    public void Prepare(UnrollEvaluator unroll, MetricAverages metrics) =>
        unroll.EvaluatePolicy(target.Network, unroll.Batch[Writes[0]]);

    /// <inheritdoc/>
    public void SaveState(StateDictionary state) { }

    /// <inheritdoc/>
    public void LoadState(StateDictionary state) { }

    /// <inheritdoc/>
    public void Dispose() { }
}
