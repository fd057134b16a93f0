using Agents.Networks;
using Learners.Engines;
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
    public Tensor Loss(TensorMinibatch batch, in NetworkEvaluation evaluation, double progress) =>
        (evaluation.Values - batch.Returns).Squared().mean();

    /// <inheritdoc/>
    public double AddGradient(in SampleBlock block, double progress)
    {
        float share = 2 * Weight / block.Total;
        double sum = 0;
        for (int i = 0; i < block.Values.Length; i++)
        {
            float error = block.Values[i] - block.Returns[i];
            sum += error * error;
            block.ValueGradients[i] += share * error;
        }
        return sum / block.Total;
    }
}
