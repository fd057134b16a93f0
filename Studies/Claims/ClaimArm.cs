using System.ComponentModel.DataAnnotations;
using System.Text.RegularExpressions;
using YamlDotNet.RepresentationModel;

namespace Studies.Claims;

/// <summary>One way of learning that takes part in a claim.</summary>
internal sealed partial record ClaimArm : IValidatableObject
{
    /// <summary>Short name that measures, files and tables use.</summary>
    public string Name { get; init; } = "";

    /// <summary>Name in pictures and reports; empty for <see cref="Name"/>.</summary>
    public string Label { get; init; } = "";

    /// <summary>Whether it learns from samples: it takes part in the supervised tasks of the claim, and in no environment.</summary>
    /// <value>Default false: it is an agent, and takes part in the claim's environments.</value>
    public bool Supervised { get; init; }

    /// <summary>Names of the tasks that it takes part in; empty for every one of its kind.</summary>
    public string[] Tasks { get; init; } = [];

    /// <summary>Agent that is trained; empty where <see cref="Name"/> is one.</summary>
    public string Agent { get; init; } = "";

    /// <summary>Options of the environment that belong to this arm, laid over those of the task's id.</summary>
    public YamlMappingNode EnvironmentOptions { get; init; } = [];

    /// <summary>Settings that make this arm what it is: network, core, the agent's own.</summary>
    public YamlMappingNode Settings { get; init; } = [];

    /// <summary>
    /// Where the arm is a study, a sweep or a population: method, space and length of its trials, as a file of <c>agents sweep</c> has them. Its number is what its winner is worth on
    /// fresh episodes, and a task's steps are those of all its trials together.
    /// </summary>
    /// <value>Empty for one run.</value>
    public YamlMappingNode Study { get; init; } = [];

    /// <summary>
    /// Where the arm discovers skills: what a file of <c>agents discover</c> has, but for what claim and task say. Its settings are those of each skill's run, and its numbers
    /// those of the discovery's <c>metrics.csv</c> and <c>summary.json</c>; a task's steps are those of all skills together.
    /// </summary>
    /// <value>Empty for one run.</value>
    public YamlMappingNode Discovery { get; init; } = [];

    /// <summary>Whether it is a study.</summary>
    public bool IsStudy => Study.Children.Count > 0;

    /// <summary>Whether it discovers skills.</summary>
    public bool IsDiscovery => Discovery.Children.Count > 0;

    /// <summary>Whether it is one run of an agent, or of supervised learning.</summary>
    public bool IsOneRun => !IsStudy && !IsDiscovery;

    /// <summary>Name for people.</summary>
    public string Title => Label.Length > 0 ? Label : Name;

    /// <summary>Agent that is trained.</summary>
    public string AgentName => Agent.Length > 0 ? Agent : Name;

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (!FileName().IsMatch(Name))
        {
            yield return new ValidationResult(
                $"'{Name}' cannot name a folder. Use lower-case letters, digits, '-' and '_'.",
                [nameof(Name)]
            );
        }
        if (IsStudy && IsDiscovery)
        {
            yield return new ValidationResult(
                "an arm is a study or a discovery, not both. Leave one of them out.",
                [nameof(Discovery)]
            );
        }
        if (Supervised && (Agent.Length > 0 || EnvironmentOptions.Children.Count > 0))
        {
            yield return new ValidationResult(
                "a supervised arm has no agent and no environment. Leave agent and environment_options out.",
                [nameof(Supervised)]
            );
        }
    }

    [GeneratedRegex("^[a-z0-9][a-z0-9_-]*$")]
    private static partial Regex FileName();
}
