using System.ComponentModel.DataAnnotations;
using Agents.Yaml;
using Learners.Configuration;
using YamlDotNet.RepresentationModel;

namespace Learners.Skills;

/// <summary>
/// A discovery of skills as a file says it: who learns them where, what the reward network is, and what is played between two skills (Meier and Mujika 2022,
/// arXiv 2202.08266). Immutable.
/// </summary>
public sealed record DiscoverySettings : IValidatableObject
{
    /// <summary>Environment id. Its rewards are never learned from.</summary>
    public string Environment { get; init; } = "";

    /// <summary>Agent that learns each skill.</summary>
    /// <value>Default ppo.</value>
    public string Agent { get; init; } = AgentRegistry.UsualName;

    /// <summary>Seed from which every generator of the discovery is split.</summary>
    /// <value>Default 1.</value>
    public ulong Seed { get; init; } = 1;

    /// <summary>Skills to learn.</summary>
    /// <value>1 to 100,000. Default 20.</value>
    [Range(1, 100_000)]
    public int Skills { get; init; } = 20;

    /// <summary>Environment steps of each skill.</summary>
    /// <value>Null, the default, is as many as a run of the agent has.</value>
    [Range(1L, long.MaxValue)]
    public long? StepsPerSkill { get; init; }

    /// <summary>Who finds the policy of a reward.</summary>
    /// <value>Default learned: the agent.</value>
    public SkillTrainerKind Trainer { get; init; }

    /// <summary>Temperature τ of planned policies, softmax (Q / τ).</summary>
    /// <value>1e-6 to 1e6. Default 0.02.</value>
    [Range(1e-6f, 1e6f)]
    public float Temperature { get; init; } = 0.02f;

    /// <summary>Discount γ of planned policies.</summary>
    /// <value>0 to 0.9999. Default 0.99.</value>
    [Range(0f, 0.9999f)]
    public float PlannedDiscount { get; init; } = 0.99f;

    /// <summary>Whether each skill begins with the network of the one before, but for the last layer of its policy; else with a fresh one.</summary>
    /// <value>Default true.</value>
    public bool KeepNetwork { get; init; } = true;

    /// <summary>How much of what a skill saw its statistics of observations count for in the next one.</summary>
    /// <value>0 to 1. Default 0.1.</value>
    [Range(0f, 1f)]
    public float StatisticsShare { get; init; } = 0.1f;

    /// <summary>Steps that the skill before leads an episode, drawn anew from 0 to one less than this; 0 for no guide.</summary>
    /// <value>0 to 10,000,000. Default 0.</value>
    [Range(0, 10_000_000)]
    public int GuideSteps { get; init; }

    /// <summary>Share of a skill's steps in which episodes may begin guided.</summary>
    /// <value>0 to 1. Default 0.66.</value>
    [Range(0f, 1f)]
    public float GuideShare { get; init; } = 0.66f;

    /// <summary>The reward network and how it learns.</summary>
    public RewardTrainingSettings Reward { get; init; } = new();

    /// <summary>What is played between two skills.</summary>
    public SampleSettings Samples { get; init; } = new();

    /// <summary>Settings of the agent's runs, laid over the tuned ones.</summary>
    public YamlMappingNode Settings { get; init; } = [];

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Environment.Length == 0)
        {
            yield return new ValidationResult(
                "a discovery names the environment that it explores. Add 'environment: MountainCar-v0', or name one.",
                [nameof(Environment)]
            );
        }
        foreach (string key in (string[])["environment", "agent", "seed", "total_steps", "initial_policy", "stop_at_return"])
        {
            if (Settings.Children.ContainsKey(key))
            {
                yield return new ValidationResult(
                    $"settings.{key} cannot be set, since the discovery says itself what each skill's run is. Use environment, agent, seed and steps_per_skill.",
                    [nameof(Settings)]
                );
            }
        }
        (string own, string other) = Trainer switch
        {
            SkillTrainerKind.Learned => ("learned", "planned"),
            SkillTrainerKind.Planned => ("planned", "learned"),
        };
        foreach (string key in Ignored())
        {
            yield return new ValidationResult(
                $"{key} is read where skills are {other}, and trainer is {own}. Leave it out, or choose trainer: {other}.",
                [key]
            );
        }
        if (GuideSteps > 0 && !KeepNetwork)
        {
            yield return new ValidationResult(
                "a guide brings the policy of the skill before, and keep_network is false, which begins every skill without it. Leave one of them out.",
                [nameof(GuideSteps)]
            );
        }
    }

    // What was set and only the other trainer reads.
    private IEnumerable<string> Ignored()
    {
        var usual = new DiscoverySettings();
        (string Key, bool IsSet)[] keys = Trainer switch
        {
            SkillTrainerKind.Learned =>
            [
                ("temperature", Temperature != usual.Temperature),
                ("planned_discount", PlannedDiscount != usual.PlannedDiscount),
            ],
            SkillTrainerKind.Planned =>
            [
                ("agent", Agent != usual.Agent),
                ("steps_per_skill", StepsPerSkill is not null),
                ("keep_network", KeepNetwork != usual.KeepNetwork),
                ("statistics_share", StatisticsShare != usual.StatisticsShare),
                ("guide_steps", GuideSteps != usual.GuideSteps),
                ("guide_share", GuideShare != usual.GuideShare),
                ("settings", Settings.Children.Count > 0),
                ("reward.weight", Reward.Weight != usual.Reward.Weight),
                ("reward.paid_entropy_coefficient", Reward.PaidEntropyCoefficient != usual.Reward.PaidEntropyCoefficient),
            ],
        };
        return keys.Where(key => key.IsSet).Select(key => key.Key);
    }

    /// <summary>Reads a file of settings.</summary>
    /// <exception cref="SettingsException">The file cannot be read, or a setting is not possible.</exception>
    internal static YamlMappingNode ReadFile(string path) => StrictYaml.ReadFile(path, "file of the discovery's settings");
}

/// <summary>Who finds the policy of a reward.</summary>
public enum SkillTrainerKind
{
    /// <summary>The agent, by learning.</summary>
    Learned,

    /// <summary>A planner that knows the exact dynamics; for tabular environments.</summary>
    Planned,
}
