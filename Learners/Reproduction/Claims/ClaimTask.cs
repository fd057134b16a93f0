using System.ComponentModel.DataAnnotations;
using YamlDotNet.RepresentationModel;

namespace Learners.Reproduction.Claims;

/// <summary>An environment that every arm of a claim learns, and for how long.</summary>
internal sealed record ClaimTask : IValidatableObject
{
    /// <summary>Environment id, with options where it has any.</summary>
    public string Environment { get; init; } = "";

    /// <summary>Name in measures and reports; empty for the environment id. Needed where an environment stands twice.</summary>
    public string Label { get; init; } = "";

    /// <summary>Smallest budget that it belongs to.</summary>
    /// <value>Default quick.</value>
    public ReproductionBudget Budget { get; init; }

    /// <summary>Environment steps of a run.</summary>
    /// <value>At least 1.</value>
    [Range(1, long.MaxValue)]
    public long Steps { get; init; }

    /// <summary>Environment steps of a run in the full budget; null for <see cref="Steps"/>.</summary>
    /// <value>At least 1.</value>
    [Range(1, long.MaxValue)]
    public long? FullSteps { get; init; }

    /// <summary>Return that counts as solved, for measures that need one and name none.</summary>
    public double? Threshold { get; init; }

    /// <summary>Whether it is left out, with a remark in the report, where this machine cannot make the environment.</summary>
    /// <value>Default false: that is an error.</value>
    public bool Optional { get; init; }

    /// <summary>Settings of every arm on this task.</summary>
    public YamlMappingNode Settings { get; init; } = [];

    /// <summary>Name in measures and reports.</summary>
    public string Name => Label.Length > 0 ? Label : Environment;

    /// <summary>Environment steps of a run in a budget.</summary>
    public long StepsOf(ReproductionBudget budget) =>
        budget switch
        {
            ReproductionBudget.Quick => Steps,
            ReproductionBudget.Full => FullSteps ?? Steps,
        };

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Environment.Length == 0)
        {
            yield return new ValidationResult("a task names its environment, such as CartPole-v1.", [nameof(Environment)]);
        }
    }
}
