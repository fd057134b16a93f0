using System.ComponentModel.DataAnnotations;
using Learners.ActorCritic;
using Learners.Composition;
using Learners.Returns;

namespace Learners.Impala;

/// <summary>
/// Settings of the importance weighted actor-learner (Espeholt et al. 2018): an actor-critic whose V-trace targets allow for actors whose
/// parameters are older than the learner's. Immutable; derive variants with <c>with</c>.
/// </summary>
/// <remarks>
/// Defaults are for vectors and means over samples, not sums: unrolls of 20 steps, 32 copies, Adam at 5e-4 falling linearly, entropy
/// 0.01, gradient norm 0.5, all clips 1. With <see cref="ClipRange"/> above 0 the policy loss is PPO's (known as APPO).
/// <see cref="ActorCriticSettings.Lambda"/> below 1 shortens V-trace's traces, c_t = λ min(c̄, ratio) (remark 2); the policy's advantage stays
/// r_t + γ v_{t+1} − V_t (section 4.2). So λ = 0 is no one-step advantage: it looks two rewards ahead.
/// </remarks>
public sealed record ImpalaSettings : ActorCriticSettings
{
    /// <inheritdoc/>
    public override Agent Agent => new ImpalaAgent();

    /// <summary>The defaults.</summary>
    public ImpalaSettings()
    {
        Copies = 32;
        UnrollLength = 20;
        LearningRate = 5e-4f;
        LearningRateSchedule = ScheduleKind.Linear;
        Lambda = 1f;
        EntropyCoefficient = 0.01f;
        Optimizer = new Optimizers.AdamSettings();
    }

    internal override int MinibatchCount => Minibatches;

    internal override int EpochCount => Epochs;

    /// <summary>Limit of the importance ratio in temporal differences, ρ̄: decides which policy's value is learned.</summary>
    /// <value>Above 0, to 1e6. Default 1.</value>
    [Range(1e-6f, 1e6f)]
    public float RhoClip { get; init; } = 1f;

    /// <summary>Limit of the importance ratio in traces, c̄: decides how far corrections travel back.</summary>
    /// <value>0 to 1e6, at most <see cref="RhoClip"/>. Default 1.</value>
    [Range(0f, 1e6f)]
    public float TraceClip { get; init; } = 1f;

    /// <summary>Limit of the importance ratio in the policy gradient.</summary>
    /// <value>Above 0, to 1e6. Default 1.</value>
    [Range(1e-6f, 1e6f)]
    public float PolicyGradientRhoClip { get; init; } = 1f;

    /// <summary>How far the probability ratio may leave 1 before its gradient stops; 0 for the plain policy gradient.</summary>
    /// <value>0 to 10. Default 0. Usual values where it is wanted: 0.2 to 0.4.</value>
    [Range(0f, 10f)]
    public float ClipRange { get; init; }

    /// <summary>Passes over a batch. More than one needs <see cref="ClipRange"/>.</summary>
    /// <value>1 to 100. Default 1.</value>
    [Range(1, 100)]
    public int Epochs { get; init; } = 1;

    /// <summary>Equal parts into which a batch is split, one optimiser step each.</summary>
    /// <value>1 to 1,000,000; must divide copies × unroll_length. Default 1.</value>
    [Range(1, 1_000_000)]
    public int Minibatches { get; init; } = 1;

    /// <summary>Batches by which acting lags behind learning where the lag is fixed: in one process, and in a fleet's lock step.</summary>
    /// <value>0 or 1. Default 0: act with the newest parameters. 1 lets an actor record while the learner learns.</value>
    [Range(0, 1)]
    public int PolicyLag { get; init; }

    internal override VTraceClips? OffPolicyClips =>
        new VTraceClips(RhoClip, TraceClip, PolicyGradientRhoClip) { WeighAdvantages = ClipRange == 0 };

    /// <inheritdoc/>
    public override int FixedPolicyLag => PolicyLag;

    /// <inheritdoc/>
    public override IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        foreach (ValidationResult result in base.Validate(validationContext))
        {
            yield return result;
        }
        if (TraceClip > RhoClip)
        {
            yield return new ValidationResult(
                $"trace_clip is {TraceClip} and rho_clip {RhoClip}; V-trace needs c ≤ ρ (Espeholt et al. 2018, section 4.1). Lower trace_clip.",
                [nameof(TraceClip)]
            );
        }
        if (Epochs > 1 && ClipRange == 0)
        {
            yield return new ValidationResult(
                $"{Epochs} epochs of the plain policy gradient use samples as if they were new. Set clip_range, such as 0.2, or epochs to 1.",
                [nameof(Epochs)]
            );
        }
        if (StepsPerUnroll % Minibatches != 0)
        {
            yield return new ValidationResult(
                $"{Minibatches} minibatches do not divide the {StepsPerUnroll} samples of {Copies} copies × {UnrollLength} steps. Choose a divisor.",
                [nameof(Minibatches)]
            );
        }
    }
}
