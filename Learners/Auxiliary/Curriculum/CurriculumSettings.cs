using System.ComponentModel.DataAnnotations;
using Agents.Networks;
using Environments;
using Learners.Models;
using Learners.Objectives;

namespace Learners.Auxiliary;

/// <summary>
/// Settings of a curriculum over agents: earlier, simpler policies act together with the agent's own, which copies them, and the mixture moves from the first
/// to the last while the run goes on. Immutable.
/// </summary>
/// <remarks>
/// Czarnecki et al. 2018, "Mix &amp; Match: Agent Curricula for Reinforcement Learning", arXiv 1806.01780. How the mixture acts is
/// <see cref="MixtureSettings"/>; the loss is Σ w_i KL(π_i ‖ π_j) over policies i before j, with a gradient in π_j alone.
/// </remarks>
public sealed record CurriculumSettings : AuxiliarySettings, IValidatableObject
{
    private const float Ramp = 0.25f;
    private const float RampEnd = 0.6f;

    /// <inheritdoc/>
    public override string Name => "curriculum";

    /// <inheritdoc/>
    public override string Description =>
        "earlier, simpler policies act together with the agent's own, which takes over (Czarnecki et al. 2018)";

    /// <summary>Earlier policies, the first one first; the last policy of the curriculum is the network's own.</summary>
    /// <value>1 to 16.</value>
    public StageSettings[] Stages { get; init; } = [];

    /// <summary>Share of the run's steps and what α is there, as pairs in the order of the steps; straight lines between them.</summary>
    /// <value>
    /// Shares from 0 to 1, α from 0 (the first policy alone) to the number of stages (the last one alone). Null, the default, holds the first policy for a
    /// quarter of the run and reaches the last at 0.6 of it.
    /// </value>
    public float[][]? Schedule { get; init; }

    /// <summary>A fixed α in place of the schedule, for a population that varies it.</summary>
    /// <value>0 to the number of stages. Null, the default, follows the schedule.</value>
    public float? Alpha { get; init; }

    /// <summary>Weight λ of the divergence between an earlier policy and a later one.</summary>
    /// <value>0 to 1e6. Default 0.01: with 9 actions among 756 a policy begins 4.4 nats away, and 0.1 holds learning back.</value>
    [Range(0f, 1e6f)]
    public float KlWeight { get; init; } = 0.01f;

    /// <summary>Whether what a later policy does beyond the earlier one's actions is left out of the divergence.</summary>
    /// <value>Default false.</value>
    public bool MaskedKl { get; init; }

    /// <inheritdoc cref="MixtureSettings.SharedValue"/>
    public bool SharedValue { get; init; } = true;

    /// <summary>Weight of the squared error of each policy's own value, where they differ: a later one has learned before it is relied on.</summary>
    /// <value>0 to 1e6. Default 0.5.</value>
    [Range(0f, 1e6f)]
    public float ValueCoefficient { get; init; } = 0.5f;

    /// <inheritdoc cref="MixtureSettings.Gradient"/>
    public MixtureGradient Gradient { get; init; } = MixtureGradient.Responsibilities;

    /// <summary>Who plays evaluations, and so by whom the best policy and members of a population are chosen.</summary>
    /// <value>Default mixture.</value>
    public EvaluatedPolicy Evaluated { get; init; } = EvaluatedPolicy.Mixture;

    private MixtureSettings Mixture =>
        new()
        {
            Stages = Stages,
            SharedValue = SharedValue,
            Gradient = Gradient,
        };

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        foreach (ValidationResult mistake in Mixture.Validate(validationContext))
        {
            yield return mistake;
        }
        if (Alpha is { } alpha && !(alpha >= 0 && alpha <= Stages.Length))
        {
            yield return new ValidationResult(
                $"α is {alpha}, and with {Stages.Length} earlier policies it goes from 0 to {Stages.Length}.",
                [nameof(Alpha)]
            );
        }
        if (Schedule is not null && MistakeIn(Schedule) is { } wrong)
        {
            yield return new ValidationResult(wrong, [nameof(Schedule)]);
        }
    }

    /// <summary>α at a share of the run's steps.</summary>
    internal float AlphaAt(double progress)
    {
        if (Alpha is { } alpha)
        {
            return alpha;
        }
        float[][] points =
            Schedule
            ??
            [
                [Ramp, 0],
                [RampEnd, Stages.Length],
            ];
        int next = Array.FindIndex(points, point => point[0] > progress);
        if (next < 0)
        {
            return points[^1][1];
        }
        if (next == 0)
        {
            return points[0][1];
        }
        (float[] from, float[] to) = (points[next - 1], points[next]);
        return (float)(from[1] + (to[1] - from[1]) * (progress - from[0]) / (to[0] - from[0]));
    }

    internal override bool HasSeveralValues => !SharedValue;

    internal override bool SetsMixture => true;

    internal override bool Remembers(NetworkSettings network) => Stages.Any(stage => stage.Remembers(network.Core));

    internal override IEnumerable<string> FurtherCores => Stages.Select(stage => stage.Core).OfType<string>();

    internal override bool FollowsProgress => Alpha is null;

    internal override bool EvaluatesLastStage => Evaluated == EvaluatedPolicy.Last;

    internal override NetworkSettings Extend(NetworkSettings network, EnvironmentSpec environment) =>
        network with
        {
            Mixture = Mixture,
        };

    internal override string? MistakeWith(NetworkSettings network) =>
        network.Mixture is { } other && other != Mixture
            ? "network.mixture and curriculum have different stages. Leave network.mixture out, which a curriculum sets."
            : null;

    internal override AuxiliaryParts Create(AuxiliaryContext context)
    {
        Objective[] values = ValueCoefficient > 0 ? [new StageValueObjective(ValueCoefficient)] : [];
        return new AuxiliaryParts
        {
            Objectives = [new MixtureDivergence(KlWeight, MaskedKl), .. values],
            Given = [new GivenNumber(MixturePlan.Alpha, AlphaAt) { Tag = "curriculum/alpha" }],
        };
    }

    private string? MistakeIn(float[][] points)
    {
        if (points.Length == 0 || points.Any(point => point.Length != 2))
        {
            return "write pairs of a share of the steps and α, such as [[0.25, 0], [0.6, 1]].";
        }
        if (points.Any(point => !(point[0] >= 0 && point[0] <= 1 && point[1] >= 0 && point[1] <= Stages.Length)))
        {
            return $"shares of the steps go from 0 to 1, and α with {Stages.Length} earlier policies from 0 to {Stages.Length}.";
        }
        return points.Zip(points.Skip(1)).Any(pair => pair.First[0] >= pair.Second[0])
            ? "the shares of the steps have to rise from pair to pair."
            : null;
    }

    /// <inheritdoc/>
    public bool Equals(CurriculumSettings? other) =>
        other is not null
        && Mixture == other.Mixture
        && (Schedule is null ? other.Schedule is null : other.Schedule is not null && AreEqual(Schedule, other.Schedule))
        && Alpha == other.Alpha
        && KlWeight.Equals(other.KlWeight)
        && MaskedKl == other.MaskedKl
        && ValueCoefficient.Equals(other.ValueCoefficient)
        && Evaluated == other.Evaluated;

    /// <inheritdoc/>
    public override int GetHashCode() =>
        HashCode.Combine(Mixture, Schedule?.Length, Alpha, KlWeight, MaskedKl, ValueCoefficient, Evaluated);

    private static bool AreEqual(float[][] a, float[][] b) =>
        a.Length == b.Length && a.Zip(b).All(pair => pair.First.AsSpan().SequenceEqual(pair.Second));
}

/// <summary>Who plays the evaluations of a curriculum.</summary>
public enum EvaluatedPolicy
{
    /// <summary>All policies together, as in training.</summary>
    Mixture,

    /// <summary>The network's own policy alone.</summary>
    Last,
}
