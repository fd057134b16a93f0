using Learners.ActorCritic;
using static TorchSharp.torch;

namespace Learners.A2c;

/// <summary>Policy gradient with a baseline: mean −A log π(a|s) (Mnih et al. 2016, section 4).</summary>
internal sealed class PolicyGradientObjective : IObjective
{
    /// <inheritdoc/>
    public string Name => "policy_loss";

    /// <inheritdoc/>
    public float Weight => 1;

    /// <inheritdoc/>
    public Tensor Loss(Minibatch batch, in NetworkEvaluation evaluation, double progress) =>
        (batch.Advantages * evaluation.LogProbs).mean().neg();
}
