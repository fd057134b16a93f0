using Agents.Programs;
using Learners.Batches;
using Learners.Objectives;

namespace Learners.ActorCritic;

/// <summary>Policy gradient with a baseline: mean −A log π(a|s) (Mnih et al. 2016, section 4).</summary>
internal sealed class PolicyGradientObjective : Objective
{
    /// <inheritdoc/>
    public override string Name => "policy_loss";

    /// <inheritdoc/>
    public override Value Loss(NetworkEvaluation evaluation) =>
        -evaluation.Mean(evaluation[Column.Advantages] * evaluation.LogProb);
}
