using Learners.ActorCritic;
using static TorchSharp.torch;

namespace Learners.Ppo;

/// <summary>
/// The clipped surrogate, mean max(−A ρ, −A clip(ρ, 1 − ε, 1 + ε)) with ρ = π / π_old (Schulman et al. 2017, eq. 7).
/// </summary>
internal sealed class ClippedSurrogateObjective(PpoSettings settings) : IObjective
{
    /// <inheritdoc/>
    public string Name => "policy_loss";

    /// <inheritdoc/>
    public float Weight => 1;

    /// <inheritdoc/>
    public Tensor Loss(Minibatch batch, in NetworkEvaluation evaluation, double progress)
    {
        double clip = settings.ClipRangeAt(progress);
        Tensor ratio = (evaluation.LogProbs - batch.BehaviourLogProbs).exp();
        Tensor clipped = ratio.clamp(1 - clip, 1 + clip);
        return minimum(batch.Advantages * ratio, batch.Advantages * clipped).mean().neg();
    }
}
