using Agents.Networks;
using Learners.ActorCritic;
using Learners.Engines;
using static TorchSharp.torch;

namespace Learners.Ppo;

/// <summary>
/// The clipped surrogate, mean max(−A ρ, −A clip(ρ, 1 − ε, 1 + ε)) with ρ = π / π_old (Schulman et al. 2017, eq. 7).
/// </summary>
/// <param name="clipRangeAt">ε at a share of the run's steps.</param>
internal sealed class ClippedSurrogateObjective(Func<double, double> clipRangeAt) : IObjective
{
    /// <inheritdoc/>
    public string Name => "policy_loss";

    /// <inheritdoc/>
    public float Weight => 1;

    /// <inheritdoc/>
    public Tensor Loss(TensorMinibatch batch, in NetworkEvaluation evaluation, double progress)
    {
        double clip = clipRangeAt(progress);
        Tensor ratio = (evaluation.LogProbs - batch.BehaviourLogProbs).exp();
        Tensor clipped = ratio.Within(1 - clip, 1 + clip);
        return minimum(batch.Advantages * ratio, batch.Advantages * clipped).mean().neg();
    }

    /// <inheritdoc/>
    /// <remarks>∂ρ / ∂ log π = ρ; where the clipped form is the smaller one nothing flows.</remarks>
    public double AddGradient(in SampleBlock block, double progress)
    {
        float clip = (float)clipRangeAt(progress);
        float share = -Weight / block.Total;
        double sum = 0;
        for (int i = 0; i < block.LogProbs.Length; i++)
        {
            float ratio = MathF.Exp(block.LogProbs[i] - block.BehaviourLogProbs[i]);
            float free = block.Advantages[i] * ratio;
            float clipped = block.Advantages[i] * Math.Clamp(ratio, 1 - clip, 1 + clip);
            if (free <= clipped)
            {
                block.LogProbGradients[i] += share * free;
                sum -= free;
            }
            else
            {
                sum -= clipped;
            }
        }
        return sum / block.Total;
    }
}
