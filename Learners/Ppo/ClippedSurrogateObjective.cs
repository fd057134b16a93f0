using Agents.Programs;
using Learners.Batches;
using Learners.Objectives;

namespace Learners.Ppo;

/// <summary>
/// The clipped surrogate, mean max(−A ρ, −A clip(ρ, 1 − ε, 1 + ε)) with ρ = π / π_old (Schulman et al. 2017, eq. 7). Where both are equal the gradient
/// is that of the unclipped form.
/// </summary>
/// <param name="clipRangeAt">ε at a share of the run's steps.</param>
internal sealed class ClippedSurrogateObjective(Func<double, double> clipRangeAt) : Objective
{
    /// <inheritdoc/>
    public override string Name => "policy_loss";

    /// <inheritdoc/>
    public override Value Loss(NetworkEvaluation evaluation)
    {
        Value low = evaluation.Schedule("lowest_ratio", progress => 1 - clipRangeAt(progress));
        Value high = evaluation.Schedule("highest_ratio", progress => 1 + clipRangeAt(progress));
        Value advantages = evaluation[Column.Advantages];
        Value ratio = (evaluation.LogProb - evaluation[Column.BehaviourLogProbs]).Exp();
        return -evaluation.Mean((advantages * ratio).Minimum(advantages * ratio.Clamp(low, high)));
    }
}
