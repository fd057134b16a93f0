using Agents.Distributions;
using Agents.Networks.Cores.PerceptionPredictionReaction;
using Agents.Programs;
using Learners.Objectives;

namespace Learners.Auxiliary;

/// <summary>The mean divergence of two of the three policies of a perception-prediction-reaction agent.</summary>
/// <param name="first">Branch of the first policy; null for reaction, which is the agent's own.</param>
/// <param name="second">Branch of the second one.</param>
/// <param name="direction">Which way it points.</param>
/// <param name="stopReaction">Whether no gradient reaches reaction.</param>
/// <param name="weight">Its weight.</param>
internal sealed class BranchDivergence(string? first, string second, PairDirection direction, bool stopReaction, float weight)
    : Objective
{
    /// <inheritdoc/>
    public override string Name => $"ppr_{first ?? PprCore.Reaction}_{second}";

    /// <inheritdoc/>
    public override Value Weight(NetworkEvaluation evaluation) => evaluation.Graph.Constant(weight);

    /// <inheritdoc/>
    public override Value Loss(NetworkEvaluation evaluation)
    {
        Value p = PolicyOf(first, evaluation);
        Value q = PolicyOf(second, evaluation);
        ActionDistribution family = evaluation.Distribution;
        return evaluation.Mean(
            direction switch
            {
                PairDirection.Forward => family.Divergence(p, q),
                PairDirection.Reverse => family.Divergence(q, p),
                PairDirection.Symmetric => family.Divergence(p, q) + family.Divergence(q, p),
            }
        );
    }

    private Value PolicyOf(string? branch, NetworkEvaluation evaluation) =>
        branch is not null ? evaluation[BranchPolicies.HeadOf(branch)]
        : stopReaction ? evaluation.Distributions.StopGradient()
        : evaluation.Distributions;
}
