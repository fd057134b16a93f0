using static TorchSharp.torch;

namespace Learners.ActorCritic;

/// <summary>Rewards uncertainty: minus the mean entropy. Its metric is the entropy itself.</summary>
/// <param name="coefficient">Weight of the bonus.</param>
internal sealed class EntropyObjective(float coefficient) : IObjective
{
    /// <inheritdoc/>
    public string Name => "entropy";

    /// <inheritdoc/>
    public float Weight => -coefficient;

    /// <inheritdoc/>
    public Tensor Loss(Minibatch batch, in NetworkEvaluation evaluation, double progress) => evaluation.Entropies.mean();
}
