using Agents.Policies;
using Agents.Yaml;
using Learners.Composition;
using YamlDotNet.RepresentationModel;

namespace Learners.Configuration;

/// <summary>Settings of a run that distils a saved policy into another network.</summary>
public static class StudentSettings
{
    // Frames of the teacher's training to one of the student's, where nobody says otherwise.
    private const long TeachersShare = 10;

    /// <summary>Settings of a student: tuned ones of the task, with the teacher's layers of observations, the student's network, and distillation without rewards.</summary>
    /// <param name="teacher">Folder of a policy, or of a run, whose latest one is meant.</param>
    /// <param name="network">YAML file of the student's network, with the keys of <c>network</c>; null for the teacher's own.</param>
    /// <param name="environment">Environment; null for the one that the teacher was trained on.</param>
    /// <param name="agent">Agent that learns; an actor-critic.</param>
    /// <param name="assignments">Single values, <c>key=value</c>, which win.</param>
    /// <exception cref="PolicyFormatException">There is no policy.</exception>
    /// <exception cref="SettingsException">A key or value is not possible.</exception>
    public static TrainingSettings For(
        string teacher,
        string? network,
        string? environment = null,
        string agent = "ppo",
        IReadOnlyList<string>? assignments = null
    ) => For(teacher, network, environment, agent, assignments ?? [], AgentRegistry.Default);

    // With agents beside those of the framework.
    internal static TrainingSettings For(
        string teacher,
        string? network,
        string? environment,
        string agent,
        IReadOnlyList<string> assignments,
        AgentRegistry agents
    )
    {
        ArgumentException.ThrowIfNullOrEmpty(teacher);
        PolicyDocument policy = PolicyFiles.Describe(teacher);
        var given = new YamlMappingNode
        {
            { "total_steps", Math.Max(1, policy.EnvironmentSteps / TeachersShare).ToString(Culture) },
            { "network", NetworkOf(policy, network) },
            { "wrappers", WrappersOf(policy) },
            { agent, AgentOf(teacher) },
        };
        foreach (string assignment in assignments)
        {
            StrictYaml.Assign(given, assignment);
        }
        return SettingsSources.Load(environment ?? policy.Environment, agent, given, network, agents);
    }

    private static System.Globalization.CultureInfo Culture => System.Globalization.CultureInfo.InvariantCulture;

    private static YamlMappingNode NetworkOf(PolicyDocument policy, string? file)
    {
        YamlMappingNode network = file is null
            ? StrictYaml.ToNode(policy.Network)
            : StrictYaml.ReadFile(file, "network of the student (--student)");
        if (file is null)
        {
            network.Children.Remove("mixture"); // the student copies what a mixture does; how it came about is its own affair
        }
        if (policy.Network.ScaleActions is { } scales)
        {
            network.Children["scale_actions"] = scales ? "true" : "false"; // actions mean the same to both
        }
        return network;
    }

    private static YamlMappingNode WrappersOf(PolicyDocument policy)
    {
        YamlMappingNode wrappers = new()
        {
            { "frame_skip", policy.FrameSkip.ToString(Culture) },
            { "frame_stack", policy.FrameStack.ToString(Culture) },
            { "sticky_actions", policy.StickyActions.ToString(Culture) },
            { "noop_max", policy.NoopMax.ToString(Culture) },
            { "observation_scale", policy.ObservationScale.ToString(Culture) },
            { "previous_action_reward", policy.PreviousActionReward ? "true" : "false" },
            { "skills", policy.Skills.ToString(Culture) },
            { "normalize_observations", policy.NormalizeObservations ? "true" : "false" },
        };
        if (policy.Options is { } options)
        {
            wrappers.Add("options", StrictYaml.ToNode(options));
        }
        return wrappers;
    }

    private static YamlMappingNode AgentOf(string teacher) =>
        new()
        {
            { "entropy_coefficient", "0" }, // the teacher says how sure a student should be
            { "normalize_advantages", "false" }, // what is paid is in nats, as the loss is
            {
                "auxiliary",
                new YamlMappingNode
                {
                    {
                        "distillation",
                        new YamlMappingNode
                        {
                            { "reward_weight", "0" },
                            { "teacher", "saved" },
                            {
                                "saved",
                                new YamlMappingNode { { "path", teacher } }
                            },
                        }
                    },
                }
            },
        };
}
