using System.ComponentModel.DataAnnotations;
using Agents.Networks;
using Learners.ActorCritic;
using Learners.Auxiliary;
using Learners.Composition;
using Learners.Models;
using Learners.Objectives;

namespace Learners.Vmpo;

/// <summary>
/// Settings of on-policy maximum a posteriori policy optimisation (Song et al. 2020). Immutable; derive variants with <c>with</c>.
/// </summary>
/// <remarks>
/// Defaults are for vectors on one machine: batches of 16 copies × 64 steps, 8 optimiser steps each, Adam at 1e-3, full returns, advantages scaled
/// to deviation 1 so that a temperature means the same everywhere. The paper's own, for billions of steps, are one step per batch
/// (<see cref="Epochs"/> 1), <see cref="TargetPeriod"/> 10, every step size 1e-4 and <see cref="PopArt"/>.
/// <para>
/// Actors act with the target network; a fleet's unrolls are learned from in order, without correction for their age, since the bound on the
/// divergence from the target also bounds the mismatch (section 3.3). Limit the age with <c>fleet.max_policy_age</c>.
/// </para>
/// </remarks>
public sealed record VmpoSettings : ActorCriticSettings
{
    /// <inheritdoc/>
    public override Agent Agent => new VmpoAgent();

    /// <summary>The defaults.</summary>
    public VmpoSettings()
    {
        Copies = 16;
        UnrollLength = 64;
        LearningRate = 1e-3f;
        Lambda = 1f;
        NormalizeAdvantages = true;
        Optimizer = new Optimizers.AdamSettings();
    }

    internal override int EpochCount => Epochs;

    /// <summary>Optimiser steps per batch, each over the whole batch.</summary>
    /// <value>1 to 1,000. Default 8.</value>
    [Range(1, 1_000)]
    public int Epochs { get; init; } = 8;

    /// <summary>Batches after which the target network, which acts, takes over the learned parameters.</summary>
    /// <value>1 to 1,000,000. Default 1.</value>
    [Range(1, 1_000_000)]
    public int TargetPeriod { get; init; } = 1;

    /// <summary>Temperature η of the weights at the start.</summary>
    /// <value>1e-8 to 1e6. Default 1.</value>
    [Range(1e-8f, 1e6f)]
    public float InitialTemperature { get; init; } = 1f;

    /// <summary>Divergence of the weights from uniform ones that the temperature is learned to keep, ε_η, in nats.</summary>
    /// <value>0 to 100. Default 0.1.</value>
    [Range(0f, 100f)]
    public float TemperatureEpsilon { get; init; } = 0.1f;

    /// <summary>Multiplier α of the divergence at the start.</summary>
    /// <value>0 to 1e6. Default 1.</value>
    [Range(0f, 1e6f)]
    public float InitialMultiplier { get; init; } = 1f;

    /// <summary>Bound on the mean divergence from the target policy where actions are discrete, ε_α, in nats.</summary>
    /// <value>0 to 100. Default 0.01.</value>
    [Range(0f, 100f)]
    public float KlEpsilon { get; init; } = 0.01f;

    /// <summary>Bound on the divergence of Gaussian means, ε_μ, in nats.</summary>
    /// <value>0 to 100. Default 0.01.</value>
    [Range(0f, 100f)]
    public float MeanKlEpsilon { get; init; } = 0.01f;

    /// <summary>Bound on the divergence of Gaussian deviations, ε_Σ, in nats. Much smaller than that of means, or deviations collapse early.</summary>
    /// <value>0 to 100. Default 1e-4.</value>
    [Range(0f, 100f)]
    public float DeviationKlEpsilon { get; init; } = 1e-4f;

    /// <summary>Step size of temperature and multipliers.</summary>
    /// <value>0 to 10. Default 0.01.</value>
    [Range(0f, 10f)]
    public float MultiplierLearningRate { get; init; } = 0.01f;

    /// <summary>Whether the value head learns returns in units of their running scale.</summary>
    /// <value>Default false.</value>
    public bool PopArt { get; init; }

    /// <summary>Share of a batch in the running scale of returns.</summary>
    /// <value>0 to 1. Default 1e-4; the first batches count more.</value>
    [Range(0f, 1f)]
    public float PopArtRate { get; init; } = 1e-4f;

    internal override bool CountsWeights => false;

    internal override TargetRule? Target => new TargetRule(TargetPeriod);

    internal override double? ReturnScaleRate => PopArt ? PopArtRate : null;

    /// <summary>The losses: weighted likelihood, value, and one bound per part of the divergence.</summary>
    internal Objective[] Objectives(NetworkSpec spec)
    {
        int parts = spec.Distribution.DivergenceParts.Count;
        return
        [
            new WeightedLikelihoodObjective(this),
            new ValueObjective(ValueCoefficient),
            new EntropyObjective(EntropyCoefficient),
            .. Enumerable
                .Range(0, parts)
                .Select(part => new TrustRegionObjective(
                    spec,
                    part,
                    parts == 1 ? KlEpsilon
                        : part == 0 ? MeanKlEpsilon
                        : DeviationKlEpsilon,
                    new Multiplier(InitialMultiplier, MultiplierLearningRate)
                )),
        ];
    }

    /// <inheritdoc/>
    public override IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        foreach (ValidationResult result in base.Validate(validationContext))
        {
            yield return result;
        }
        bool isOnlyImitation = Auxiliary.Any(auxiliary => auxiliary is DistillationSettings { RewardWeight: 0, HasPay: false });
        if (isOnlyImitation && !Auxiliary.Any(auxiliary => auxiliary is IntrinsicSettings { NonEpisodic: true, Weight: > 0 }))
        {
            yield return new ValidationResult(
                "V-MPO imitates the better half of a batch, and without rewards or pay no half is better. Raise distillation.reward_weight, choose a method that pays, or another agent.",
                [nameof(Auxiliary)]
            );
        }
        int learned = Copies * (UnrollLength - BurnIn);
        if (learned is 0 or 1)
        {
            yield return new ValidationResult(
                $"the better half of a single sample is nothing, and {Copies} copies × {UnrollLength} steps without a burn-in of {BurnIn} are one. Raise copies or unroll_length.",
                [nameof(UnrollLength)]
            );
        }
    }
}
