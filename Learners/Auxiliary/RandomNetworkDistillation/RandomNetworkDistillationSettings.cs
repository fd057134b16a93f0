using System.ComponentModel.DataAnnotations;
using Agents.Networks;
using Learners.Composition;

namespace Learners.Auxiliary;

/// <summary>Settings of <see cref="RandomNetworkDistillationStage"/>. Immutable.</summary>
public sealed record RandomNetworkDistillationSettings : IntrinsicSettings
{
    /// <inheritdoc/>
    public override string Name => "random_network_distillation";

    /// <inheritdoc/>
    public override string Description => "a bonus for observations that a network cannot predict yet (Burda et al. 2018)";

    /// <summary>Numbers that the networks give of an observation.</summary>
    /// <value>1 to 4,096. Default 64.</value>
    [Range(1, 4_096)]
    public int Features { get; init; } = 64;

    /// <summary>Units of each hidden layer of both networks.</summary>
    /// <value>1 to 16,384. Default 64.</value>
    [Range(1, 16_384)]
    public int HiddenSize { get; init; } = 64;

    /// <summary>Hidden layers that the predicting network has beyond the one of the fixed network.</summary>
    /// <value>0 to 16. Default 2, as in the paper.</value>
    [Range(0, 16)]
    public int PredictorLayers { get; init; } = 2;

    /// <summary>Step size of the predicting network.</summary>
    /// <value>0 to 10. Default 1e-3; the released code, with its billions of samples, has 1e-4.</value>
    [Range(0f, 10f)]
    public float LearningRate { get; init; } = 1e-3f;

    /// <summary>Passes of the predicting network over each unroll.</summary>
    /// <value>1 to 1,000. Default 4, as in the released code, where it learns in every epoch of PPO.</value>
    [Range(1, 1_000)]
    public int Epochs { get; init; } = 4;

    /// <summary>Samples of a step of the predicting network.</summary>
    /// <value>1 to 1,000,000. Default 256.</value>
    [Range(1, 1_000_000)]
    public int BatchSize { get; init; } = 256;

    internal override string? MistakeWith(NetworkSettings network) =>
        network.OfEncoder.IsTable
            ? $"{Name} predicts features of what the network reads, and network.encoder table reads the index of a row, which has none. Leave it out, or use another encoder."
            : null;

    internal override IEnumerable<MemoryPart> MemoryOf(NetworkSpec network, double samples) =>
        [
            new(
                "parameters of random network distillation, their gradient and means",
                $"Lower hidden_size or features of {Name}",
                (double)HiddenSize * (network.FeatureSize + Features + (double)HiddenSize * PredictorLayers),
                6
            ),
            new(
                "observations of random network distillation",
                "Lower unroll_length or copies, or leave it out",
                samples * (network.ObservationSize + 2.0 * network.FeatureSize + 2.0 * Features + 4.0),
                1
            ),
        ];

    internal override IntrinsicStage CreateStage(AuxiliaryContext context) => new RandomNetworkDistillationStage(this, context);
}
