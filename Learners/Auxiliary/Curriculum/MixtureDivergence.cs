using Agents.Networks;
using Agents.Programs;
using Learners.Batches;
using Learners.Objectives;

namespace Learners.Auxiliary;

/// <summary>Σ w_i KL(π_i ‖ π_j) over the policies i before j of a mixture: later ones copy those that act (Czarnecki et al. 2018, equation 3, for two of them).</summary>
/// <param name="weight">Weight of the loss; 0 only measures it.</param>
/// <param name="masked">Whether what a later policy does beyond the earlier one's actions is left out.</param>
internal sealed class MixtureDivergence(float weight, bool masked) : Objective
{
    /// <inheritdoc/>
    public override string Name => "mixture_kl";

    /// <inheritdoc/>
    public override Value Weight(NetworkEvaluation evaluation) => evaluation.Graph.Constant(weight);

    /// <inheritdoc/>
    public override Value Loss(NetworkEvaluation evaluation)
    {
        MixtureGraph mixture = evaluation.Network!.Mixture!;
        Value? sum = null;
        for (int i = 0; i < mixture.Policies.Length; i++)
        {
            for (int j = i + 1; j < mixture.Policies.Length; j++)
            {
                Value term = mixture.Weights[i] * evaluation.Mean(mixture.Divergence(i, j, masked));
                sum = sum is null ? term : sum + term;
            }
        }
        return sum!;
    }
}

/// <summary>Σ mean (V_i − R)² over the policies of a mixture whose values differ; 0 where one serves all.</summary>
/// <param name="coefficient">Weight of the loss.</param>
internal sealed class StageValueObjective(float coefficient) : Objective
{
    /// <inheritdoc/>
    public override string Name => "stage_value_loss";

    /// <inheritdoc/>
    public override Value Weight(NetworkEvaluation evaluation) =>
        evaluation.Graph.Constant(evaluation.Network!.Mixture!.HasStageValues ? coefficient : 0);

    /// <inheritdoc/>
    public override Value Loss(NetworkEvaluation evaluation)
    {
        MixtureGraph mixture = evaluation.Network!.Mixture!;
        return mixture.HasStageValues
            ? mixture
                .StageValues.Select(value => evaluation.Mean((value - evaluation[Column.Returns]).Square()))
                .Aggregate((sum, loss) => sum + loss)
            : evaluation.Graph.Constant(0);
    }
}
