using System.ComponentModel.DataAnnotations;
using Agents.Networks;
using Agents.Policies;
using Environments;
using Learners.Composition;

namespace Learners.Auxiliary;

/// <summary>
/// Settings of rewards that a saved network pays, in place of the task's or beside them: clip (R(s), 0, c) (Meier and Mujika 2022, arXiv 2202.08266).
/// Immutable. <c>agents discover</c> trains such networks, and agents on them.
/// </summary>
public sealed record NeuralRewardSettings : AuxiliarySettings, IValidatableObject
{
    /// <inheritdoc/>
    public override string Name => "neural_reward";

    /// <inheritdoc/>
    public override string Description =>
        "a saved network pays the rewards, as in the discovery of skills (Meier and Mujika 2022)";

    /// <summary>Folder of the reward network, such as <c>rewards/003</c> of a discovery.</summary>
    public string Path { get; init; } = "";

    /// <summary>SHA-256 of the network's weights, in hexadecimal, which a run writes into its <c>config.yaml</c>.</summary>
    /// <value>Null, the default, takes whatever lies there; anything else is compared.</value>
    public string? WeightsSha256 { get; init; }

    /// <summary>Most that a step is paid, c; what the network says below 0 pays nothing.</summary>
    /// <value>Above 0, to 1e6. Default 1.</value>
    [Range(1e-9f, 1e6f)]
    public float Largest { get; init; } = 1;

    /// <summary>The observation that a step is paid for.</summary>
    /// <value>Default next: the one that the action led to.</value>
    public RewardedObservation Reads { get; init; } = RewardedObservation.Next;

    /// <summary>Factor of what the network pays.</summary>
    /// <value>0 to 1e6. Default 1.</value>
    [Range(0f, 1e6f)]
    public float Weight { get; init; } = 1;

    /// <summary>Factor of the task's own rewards beside it.</summary>
    /// <value>0 to 1e6. Default 0: the task's rewards are not looked at.</value>
    [Range(0f, 1e6f)]
    public float TaskWeight { get; init; }

    /// <summary>Weight of the entropy in steps that the network pays, beside the agent's own, so that a skill keeps moving within what is rewarded.</summary>
    /// <value>0 to 10. Default 0.</value>
    [Range(0f, 10f)]
    public float PaidEntropyCoefficient { get; init; }

    /// <summary>An earlier policy that acts at the beginning of episodes, from whose steps nothing is learned.</summary>
    /// <value>Null, the default, is none. Needs a run in one process.</value>
    public GuideSettings? Guide { get; init; }

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Path.Length == 0)
        {
            yield return new ValidationResult(
                "no reward network is named. Give its folder, such as rewards/003 below the folder of 'agents discover'.",
                [nameof(Path)]
            );
        }
    }

    internal override bool ReplacesRewards => TaskWeight != 1;

    internal override bool AddsLoss => PaidEntropyCoefficient > 0 || Guide is not null;

    internal override bool WeighsSamples => Guide is not null;

    internal override string? MistakeInFleet =>
        Guide is null
            ? null
            : $"{Name}.guide acts in the agent's place, and actors of a fleet act with the agent alone. Train in one process, or leave the guide out.";

    internal override AuxiliarySettings Pinned() =>
        this with
        {
            WeightsSha256 = RewardNetwork.RequireSum(Path, WeightsSha256, Name),
            Guide = Guide?.Pinned(),
        };

    internal override IEnumerable<MemoryPart> MemoryOf(NetworkSpec network, double samples) =>
        [
            new(
                "observations of the neural reward",
                "Lower unroll_length or copies, or leave it out",
                samples * (network.ObservationSize + 4.0),
                1
            ),
        ];

    internal override IPolicy? Controlled(NetworkPolicy own, TrainingSettings run, Func<string, EnvironmentSpec?> findTask) =>
        Guide is null ? null : new GuidedPolicy(own, Guide, GuideClock.Of(Guide, run), findTask, run);

    internal override AuxiliaryParts Create(AuxiliaryContext context)
    {
        var stage = new NeuralRewardStage(this, context.Run);
        return new AuxiliaryParts { Stages = [stage], Objectives = stage.Objectives };
    }
}

/// <summary>Which observation of a step is rewarded.</summary>
public enum RewardedObservation
{
    /// <summary>The one that the action led to, at an end the one that the episode closed with.</summary>
    Next,

    /// <summary>The one that the action was chosen on.</summary>
    Before,
}
