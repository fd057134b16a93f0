using System.ComponentModel.DataAnnotations;
using Agents.Yaml;
using Learners.Configuration;
using Studies.Legs;
using Studies.Search;
using YamlDotNet.RepresentationModel;

namespace Studies.Execution;

/// <summary>A study as a file says it: what is trained, which settings are varied, and how it is decided what to train next.</summary>
internal sealed record StudySettings : IValidatableObject
{
    /// <summary>Environment that all trials learn.</summary>
    public string Environment { get; init; } = "";

    /// <summary>Agent that learns.</summary>
    /// <value>Default ppo.</value>
    public string Agent { get; init; } = AgentRegistry.UsualName;

    /// <summary>Environment steps of a whole run; null for what is tuned.</summary>
    /// <value>At least 1.</value>
    [Range(1L, long.MaxValue)]
    public long? TotalSteps { get; init; }

    /// <summary>The lowest seed of trials.</summary>
    /// <value>0 to 1,000,000,000. Default 1.</value>
    [Range(0, 1_000_000_000)]
    public int FirstSeed { get; init; } = 1;

    /// <summary>Seeds of every candidate, from <see cref="FirstSeed"/> on; its score is their mean.</summary>
    /// <value>1 to 1,000. Default 1.</value>
    [Range(1, 1_000)]
    public int Seeds { get; init; } = 1;

    /// <summary>Seed of the study's own draws.</summary>
    /// <value>Default 1.</value>
    public ulong DrawSeed { get; init; } = 1;

    /// <summary>What trials are compared by.</summary>
    /// <value>Default evaluation.</value>
    public StudyScore Score { get; init; } = StudyScore.Evaluation;

    /// <summary>Episodes of the evaluation after each leg, and of the winner's on fresh ones.</summary>
    /// <value>1 to 1,000,000. Default 30.</value>
    [Range(1, 1_000_000)]
    public int EvaluationEpisodes { get; init; } = 30;

    /// <summary>How it is decided what to train.</summary>
    /// <value>Default grid.</value>
    public MethodSettings Method { get; init; } = new GridSettings();

    /// <summary>Settings of every trial, laid over the tuned ones.</summary>
    public YamlMappingNode Settings { get; init; } = [];

    /// <summary>Settings that are varied, as dotted keys.</summary>
    public YamlMappingNode Space { get; init; } = [];

    /// <summary>Reads a file of settings.</summary>
    /// <exception cref="SettingsException">The file cannot be read, or is no YAML mapping.</exception>
    public static YamlMappingNode ReadFile(string path) => StrictYaml.ReadFile(path, "file of the study");

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Environment.Length == 0)
        {
            yield return new ValidationResult(
                "a study names the environment that its trials learn. Add 'environment: CartPole-v1'.",
                [nameof(Environment)]
            );
        }
        if (Method.IsPopulation && Space.Children.Count == 0)
        {
            yield return new ValidationResult(
                "a population varies settings, and none is named. Add 'space: { ppo.learning_rate: { from: 1e-5, to: 1e-2, scale: log } }'.",
                [nameof(Space)]
            );
        }
        if (Score == StudyScore.Training && Method.IsPopulation)
        {
            yield return new ValidationResult(
                "the last training episodes of a member are partly those of parameters that it has given up. Set score to evaluation.",
                [nameof(Score)]
            );
        }
    }
}
