using System.ComponentModel.DataAnnotations;
using YamlDotNet.RepresentationModel;

namespace Studies.Claims;

/// <summary>An environment that every agent of a claim learns, or a task that its supervised arms learn, and for how long.</summary>
internal sealed record ClaimTask : IValidatableObject
{
    /// <summary>Environment id, with options where it has any.</summary>
    public string Environment { get; init; } = "";

    /// <summary>Name of a supervised task, such as <c>delayed_recall</c>, in place of an environment; empty for none.</summary>
    public string Supervised { get; init; } = "";

    /// <summary>Whether it is learned from samples, by the supervised arms.</summary>
    public bool IsSupervised => Supervised.Length > 0;

    /// <summary>Name in measures and reports; empty for the environment id or the supervised task. Needed where one stands twice.</summary>
    public string Label { get; init; } = "";

    /// <summary>Smallest budget that it belongs to.</summary>
    /// <value>Default quick.</value>
    public ReproductionBudget Budget { get; init; }

    /// <summary>Environment steps of a run, or updates of a supervised one.</summary>
    /// <value>At least 1.</value>
    [Range(1, long.MaxValue)]
    public long Steps { get; init; }

    /// <summary>Environment steps or updates of a run in the full budget; null for <see cref="Steps"/>.</summary>
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
    public string Name =>
        Label.Length > 0 ? Label
        : IsSupervised ? Supervised
        : Environment;

    /// <summary>Environment steps or updates of a run in a budget.</summary>
    public long StepsOf(ReproductionBudget budget) =>
        budget switch
        {
            ReproductionBudget.Quick => Steps,
            ReproductionBudget.Full => FullSteps ?? Steps,
        };

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Environment.Length == 0 && !IsSupervised)
        {
            yield return new ValidationResult("a task names its environment, such as CartPole-v1.", [nameof(Environment)]);
        }
        if (Environment.Length > 0 && IsSupervised)
        {
            yield return new ValidationResult(
                "a task is an environment or a supervised one, not both. Write two tasks.",
                [nameof(Supervised)]
            );
        }
    }
}
