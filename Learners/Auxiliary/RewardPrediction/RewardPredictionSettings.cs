using System.ComponentModel.DataAnnotations;
using Agents.Networks;
using Agents.Programs;
using Environments;
using Learners.Batches;
using Learners.Objectives;

namespace Learners.Auxiliary;

/// <summary>
/// Settings of the prediction of rewards: a head on what the policy reads says what the next reward will be, so that what it reads comes to know it
/// (after Jaderberg et al. 2017, section 3.2, who predict its sign from a replay memory). Immutable.
/// </summary>
public sealed record RewardPredictionSettings : AuxiliarySettings
{
    /// <inheritdoc/>
    public override string Name => "reward_prediction";

    /// <inheritdoc/>
    public override string Description => "a head learns to predict the reward of each step (after Jaderberg et al. 2017)";

    /// <summary>Weight of the squared error.</summary>
    /// <value>0 to 1e6. Default 0.1.</value>
    [Range(0f, 1e6f)]
    public float Weight { get; init; } = 0.1f;

    internal override IEnumerable<HeadSettings> HeadsOf(EnvironmentSpec environment) =>
        [new HeadSettings { Name = Name, Kind = HeadKind.Reward }];

    internal override AuxiliaryParts Create(AuxiliaryContext context) =>
        new() { Objectives = [new RewardPredictionObjective(Name, Weight)] };
}

/// <summary>Half the mean squared error of predicted rewards.</summary>
internal sealed class RewardPredictionObjective(string head, float weight) : Objective
{
    /// <inheritdoc/>
    public override string Name => $"{head}_loss";

    /// <inheritdoc/>
    public override IReadOnlyList<Column> Reads => [Column.Rewards];

    /// <inheritdoc/>
    public override Value Weight(NetworkEvaluation evaluation) => evaluation.Graph.Constant(weight);

    /// <inheritdoc/>
    public override Value Loss(NetworkEvaluation evaluation) =>
        0.5f * evaluation.Mean((evaluation[head] - evaluation[Column.Rewards]).Square());
}
