using Agents.Yaml;
using Learners.Optimizers;
using Learners.Similarity;

namespace Learners.Models;

/// <summary>What moves the parameters of a model. Immutable.</summary>
internal sealed record ModelSettings
{
    /// <summary>The optimiser.</summary>
    public OptimizerSettings Optimizer { get; init; } = new AdamSettings();

    /// <summary>What is put around it, the innermost first.</summary>
    public Parts<OptimizerWrapperSettings> Wrappers { get; init; } = [];

    /// <summary>Maps from what is learned to what the network uses, the first one applied first.</summary>
    public Parts<ParameterMapSettings> Maps { get; init; } = [];

    /// <summary>How gradients of auxiliary losses are let through.</summary>
    public GradientSimilaritySettings Similarity { get; init; } = new();

    /// <summary>Length to which the gradient of all parameters together is cut; 0 leaves it. An optimiser with a trust region ignores it.</summary>
    public float MaxGradientNorm { get; init; }

    /// <summary>How a target network follows; null for none.</summary>
    public TargetRule? Target { get; init; }

    /// <summary>Share of a batch in the running scale of a normalised value head; null for a head that gives values as they are.</summary>
    public double? ReturnScaleRate { get; init; }
}
