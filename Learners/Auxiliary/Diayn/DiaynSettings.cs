using System.ComponentModel.DataAnnotations;
using Agents.Networks;
using Environments.Wrappers;
using Learners.Composition;

namespace Learners.Auxiliary;

/// <summary>Settings of <see cref="DiaynStage"/>. Immutable.</summary>
public sealed record DiaynSettings : AuxiliarySettings
{
    private const int Layers = 2;

    /// <inheritdoc/>
    public override string Name => "diayn";

    /// <inheritdoc/>
    public override string Description => "rewards for skills that can be told apart (Eysenbach et al. 2018)";

    /// <summary>Weight of the task's rewards beside those of the skills, which have the weight 1.</summary>
    /// <value>0 to 1e6. Default 0: skills are learned without any task.</value>
    [Range(0f, 1e6f)]
    public float TaskWeight { get; init; }

    /// <summary>The least that a step is paid for its skill, in nats; no state says less of a skill.</summary>
    /// <value>−1e6 to 0. Default −5.</value>
    [Range(-1e6f, 0f)]
    public float LowestReward { get; init; } = -5;

    /// <summary>Units of each of the two hidden layers of the discriminator.</summary>
    /// <value>1 to 16,384. Default 64; the paper has 300.</value>
    [Range(1, 16_384)]
    public int HiddenSize { get; init; } = 64;

    /// <summary>
    /// Parts of the environment's observation by which skills are told apart, as <see cref="NetworkSettings.View"/> names them: with the position alone, skills
    /// go to different places.
    /// </summary>
    /// <value>Null, the default, is everything but the skill.</value>
    public string[]? View { get; init; }

    /// <summary>Step size of the discriminator.</summary>
    /// <value>0 to 10. Default 1e-3; the paper has 3e-4, with far more steps per observation.</value>
    [Range(0f, 10f)]
    public float LearningRate { get; init; } = 1e-3f;

    /// <summary>Times that the discriminator goes over each unroll.</summary>
    /// <value>1 to 1,000. Default 4.</value>
    [Range(1, 1_000)]
    public int Epochs { get; init; } = 4;

    /// <summary>Samples of a step of the discriminator.</summary>
    /// <value>1 to 1,000,000. Default 256.</value>
    [Range(1, 1_000_000)]
    public int BatchSize { get; init; } = 256;

    /// <summary>Whether all settings are the same, and the same parts are read.</summary>
    public bool Equals(DiaynSettings? other) =>
        other is not null
        && TaskWeight.Equals(other.TaskWeight)
        && LowestReward.Equals(other.LowestReward)
        && HiddenSize == other.HiddenSize
        && (View is null ? other.View is null : other.View is not null && View.SequenceEqual(other.View))
        && LearningRate.Equals(other.LearningRate)
        && Epochs == other.Epochs
        && BatchSize == other.BatchSize;

    /// <inheritdoc/>
    public override int GetHashCode() =>
        HashCode.Combine(TaskWeight, LowestReward, HiddenSize, View?.Length, LearningRate, Epochs, BatchSize);

    internal override bool ReplacesRewards => TaskWeight != 1;

    internal override string? MistakeIn(TrainingSettings run) =>
        run.Wrappers.Skills < 2
            ? $"{Name} tells skills apart, and wrappers.skills is {run.Wrappers.Skills}. Set wrappers.skills to 2 or more."
            : null;

    internal override bool AddsLoss => false;

    internal override IEnumerable<MemoryPart> MemoryOf(NetworkSpec network, double samples)
    {
        int skills = SkillSpace.Find(network.ObservationSpace)?.Count ?? 1;
        return
        [
            new(
                "parameters of the discriminator of skills, their gradient and means",
                $"Lower hidden_size of {Name}",
                (double)HiddenSize * (network.FeatureSize + (Layers - 1) * HiddenSize + skills),
                5
            ),
            new(
                "observations of the discriminator of skills",
                "Lower unroll_length or copies, or leave it out",
                samples * (2.0 * network.ObservationSize + network.FeatureSize + 3.0 * skills),
                1
            ),
        ];
    }

    internal override AuxiliaryParts Create(AuxiliaryContext context) => new() { Stages = [new DiaynStage(this, context)] };

    /// <summary>Units of each hidden layer.</summary>
    internal int[] HiddenSizes => [.. Enumerable.Repeat(HiddenSize, Layers)];
}
