using Agents.Distributions;
using Agents.Networks;
using Agents.Programs;
using Environments.State;
using Learners.ActorCritic;
using Learners.Batches;
using Learners.Metrics;
using Learners.Objectives;

namespace Learners.Vmpo;

/// <summary>
/// Keeps a part of KL(old ‖ new) near a bound: mean α (ε − sg[KL]) + sg[α] KL with a learned multiplier α (Song et al. 2020, equations 5 and 6).
/// Its loss is the mean divergence, its weight α.
/// </summary>
/// <param name="spec">The network.</param>
/// <param name="part">Part of the divergence, see <see cref="ActionDistribution.DecoupledDivergence"/>.</param>
/// <param name="epsilon">Bound ε, nats.</param>
/// <param name="multiplier">α; owned.</param>
internal sealed class TrustRegionObjective(NetworkSpec spec, int part, float epsilon, Multiplier multiplier)
    : Objective,
        IAdaptiveObjective
{
    private readonly string _multiplierTag = "losses/multiplier" + Suffix(spec, part);

    /// <inheritdoc/>
    public override string Name { get; } = "kl" + Suffix(spec, part);

    /// <inheritdoc/>
    public override IReadOnlyList<Column> Reads { get; } = [Column.OldDistributions(spec)];

    /// <inheritdoc/>
    public override Value Weight(NetworkEvaluation evaluation) => evaluation.Schedule(_multiplierTag, _ => multiplier.Value);

    /// <inheritdoc/>
    public IReadOnlyList<string> Tags => [_multiplierTag];

    /// <inheritdoc/>
    public void Begin(Batch batch) { }

    /// <inheritdoc/>
    public void End(double loss, MetricAverages metrics)
    {
        metrics.Add(_multiplierTag, multiplier.Value);
        multiplier.Descend(epsilon - loss);
    }

    /// <inheritdoc/>
    public override Value Loss(NetworkEvaluation evaluation) =>
        evaluation.Mean(
            evaluation.Distribution.DecoupledDivergence(part, evaluation[Column.OldDistributions(spec)], evaluation.Distributions)
        );

    /// <inheritdoc/>
    public void SaveState(StateDictionary state) => multiplier.SaveState(state);

    /// <inheritdoc/>
    public void LoadState(StateDictionary state) => multiplier.LoadState(state);

    private static string Suffix(NetworkSpec spec, int part)
    {
        string name = spec.Distribution.DivergenceParts[part];
        return name.Length == 0 ? "" : $"_{name}";
    }
}
