using System.ComponentModel.DataAnnotations;
using Agents.Distributions;
using Agents.Networks;
using Agents.Networks.Cores.PerceptionPredictionReaction;
using Agents.Yaml;
using Environments;
using Environments.Spaces;

namespace Learners.Auxiliary;

/// <summary>
/// Settings of the loss that pulls three policies together: that of the agent, which reads the branch reaction of its core, and those of two heads on its branches
/// perception and prediction, which never act. Immutable.
/// </summary>
/// <remarks>
/// Stooke et al. 2020, arXiv 2006.15223, regularise the three against each other. Which way each divergence points and what it weighs is this library's
/// choice, and can be set.
/// </remarks>
public sealed record BranchDivergenceSettings : AuxiliarySettings, IValidatableObject
{
    /// <inheritdoc/>
    public override string Name => "ppr";

    /// <inheritdoc/>
    public override string Description =>
        "policies of perception, prediction and reaction agree; for the core ppr (Stooke et al. 2020)";

    /// <summary>Weight λ of the loss.</summary>
    /// <value>0 to 1e6. Default 0.03. With 0 the divergences are measured, and nothing learns from them.</value>
    [Range(0f, 1e6f)]
    public float Weight { get; init; } = 0.03f;

    /// <summary>Factor of the pair reaction and perception.</summary>
    /// <value>0 to 1e6. Default 1. With 0 the pair is left out.</value>
    [Range(0f, 1e6f)]
    public float ReactionPerception { get; init; } = 1;

    /// <summary>Factor of the pair reaction and prediction.</summary>
    /// <value>0 to 1e6. Default 1. With 0 the pair is left out.</value>
    [Range(0f, 1e6f)]
    public float ReactionPrediction { get; init; } = 1;

    /// <summary>Factor of the pair perception and prediction.</summary>
    /// <value>0 to 1e6. Default 1. With 0 the pair is left out.</value>
    [Range(0f, 1e6f)]
    public float PerceptionPrediction { get; init; } = 1;

    /// <summary>Which way the divergence of a pair points.</summary>
    /// <value>Default forward.</value>
    public PairDirection Direction { get; init; } = PairDirection.Forward;

    /// <summary>Whether reaction only teaches: no gradient reaches it from the loss.</summary>
    /// <value>Default false: all three are pulled.</value>
    public bool StopReaction { get; init; }

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (ReactionPerception + ReactionPrediction + PerceptionPrediction == 0)
        {
            yield return new ValidationResult(
                "the factor of every pair is 0, so nothing would be pulled together. Raise one, or leave ppr out.",
                [nameof(ReactionPerception)]
            );
        }
    }

    // Gaussians of a branch have deviations of their own: with the agent's, which no observation moves, agreement would be bought by wider ones.
    internal override IEnumerable<HeadSettings> HeadsOf(EnvironmentSpec environment)
    {
        int size = SizeOf(environment.ActionSpace);
        return BranchPolicies.All.Select(branch => new HeadSettings
        {
            Name = BranchPolicies.HeadOf(branch),
            Size = size,
            Branch = branch,
        });
    }

    private static int SizeOf(Space actions)
    {
        try
        {
            return ActionDistribution.For(actions).ParameterSize;
        }
        catch (NotSupportedException exception)
        {
            throw new SettingsException(exception.Message, exception); // before anybody else asks for a policy over them
        }
    }

    internal override bool ComparesPolicies => true;

    internal override AuxiliaryParts Create(AuxiliaryContext context) =>
        new()
        {
            Objectives =
            [
                .. Pair(null, PprCore.Perception, ReactionPerception),
                .. Pair(null, PprCore.Prediction, ReactionPrediction),
                .. Pair(PprCore.Perception, PprCore.Prediction, PerceptionPrediction),
            ],
        };

    private IEnumerable<BranchDivergence> Pair(string? first, string second, float factor) =>
        factor > 0 ? [new BranchDivergence(first, second, Direction, StopReaction, Weight * factor)] : [];
}

/// <summary>Which way the divergence of a pair of policies points.</summary>
public enum PairDirection
{
    /// <summary>KL(first ‖ second), in the order reaction, perception, prediction.</summary>
    Forward,

    /// <summary>KL(second ‖ first).</summary>
    Reverse,

    /// <summary>The sum of both.</summary>
    Symmetric,
}
