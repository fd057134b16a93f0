using Learners.ActorCritic;
using Learners.Engines;
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
    public Tensor Loss(TensorMinibatch batch, in NetworkEvaluation evaluation, double progress) =>
        (batch.Advantages * evaluation.LogProbs).mean().neg();

    /// <inheritdoc/>
    public double AddGradient(in SampleBlock block, double progress)
    {
        float share = -Weight / block.Total;
        double sum = 0;
        for (int i = 0; i < block.LogProbs.Length; i++)
        {
            sum -= block.Advantages[i] * block.LogProbs[i];
            block.LogProbGradients[i] += share * block.Advantages[i];
        }
        return sum / block.Total;
    }
}
