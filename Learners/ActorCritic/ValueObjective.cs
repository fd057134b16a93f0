using static TorchSharp.torch;

namespace Learners.ActorCritic;

/// <summary>Mean squared error of the value, mean (V − R)².</summary>
/// <param name="coefficient">Weight of the loss.</param>
internal sealed class ValueObjective(float coefficient) : IObjective
{
    /// <inheritdoc/>
    public string Name => "value_loss";

    /// <inheritdoc/>
    public float Weight => coefficient;

    /// <inheritdoc/>
    public Tensor Loss(Minibatch batch, in NetworkEvaluation evaluation, double progress) =>
        (evaluation.Values - batch.Returns).square().mean();
}
