using System.ComponentModel.DataAnnotations;
using Learners.ActorCritic;
using Learners.Composition;

namespace Learners.Ppo;

/// <summary>Settings of proximal policy optimisation (Schulman et al. 2017). Immutable; derive variants with <c>with</c>.</summary>
/// <remarks>
/// Defaults are CleanRL's for classic control with eight copies: 128 steps, 4 epochs of 4 minibatches, Adam at 2.5e-4 falling
/// linearly, γ 0.99, λ 0.95, clip 0.2 on policy and value, entropy 0.01, advantages normalised per minibatch.
/// </remarks>
public sealed record PpoSettings : ActorCriticSettings
{
    /// <inheritdoc/>
    public override Agent Agent => new PpoAgent();

    /// <summary>The defaults.</summary>
    public PpoSettings()
    {
        Copies = 8;
        UnrollLength = 128;
        LearningRate = 2.5e-4f;
        LearningRateSchedule = ScheduleKind.Linear;
        Lambda = 0.95f;
        EntropyCoefficient = 0.01f;
        NormalizeAdvantages = true;
        Optimizer = new Optimizers.AdamSettings();
    }

    /// <inheritdoc/>
    public override bool FollowsProgress => base.FollowsProgress || ClipRangeSchedule != ScheduleKind.Constant;

    internal override int MinibatchCount => Minibatches;

    internal override int EpochCount => Epochs;

    /// <summary>Passes over an unroll's samples.</summary>
    /// <value>1 to 1,000. Default 4.</value>
    [Range(1, 1_000)]
    public int Epochs { get; init; } = 4;

    /// <summary>Equal parts into which the shuffled samples of an unroll are split.</summary>
    /// <value>At least 1; must divide copies × unroll_length. Default 4.</value>
    [Range(1, 1_000_000)]
    public int Minibatches { get; init; } = 4;

    /// <summary>How far the probability ratio may leave 1 before its gradient stops, ε.</summary>
    /// <value>0.001 to 10. Default 0.2.</value>
    [Range(0.001f, 10f)]
    public float ClipRange { get; init; } = 0.2f;

    /// <summary>ε at a share of the run's steps.</summary>
    internal double ClipRangeAt(double progress) => Schedules.At(ClipRange, ClipRangeSchedule, progress);

    /// <summary>How the clip range changes over the run's steps.</summary>
    /// <value>Default constant.</value>
    public ScheduleKind ClipRangeSchedule { get; init; }

    /// <summary>Whether the value may move no further than the clip range from its old estimate.</summary>
    /// <value>Default true.</value>
    public bool ClipValue { get; init; } = true;

    /// <summary>Estimated KL divergence from the behaviour policy above which the remaining epochs are left out; 0 for never.</summary>
    /// <value>0 to 100. Default 0.</value>
    [Range(0f, 100f)]
    public float TargetKl { get; init; }

    /// <inheritdoc/>
    public override IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        foreach (ValidationResult result in base.Validate(validationContext))
        {
            yield return result;
        }
        if (StepsPerUnroll % Minibatches != 0)
        {
            yield return new ValidationResult(
                $"{Minibatches} minibatches do not divide the {StepsPerUnroll} samples of {Copies} copies × {UnrollLength} steps. "
                    + "Choose a divisor.",
                [nameof(Minibatches)]
            );
        }
    }
}
