using System.Globalization;
using System.Text.Json.Nodes;
using Agents.Networks.Cores;
using Agents.Onnx.Acting;
using Agents.Policies;
using Agents.Policies.Acting;
using Environments.Spaces;

namespace Agents.Onnx;

/// <summary>What a model says about the policy in it, for programs and for people.</summary>
/// <param name="policy">The policy.</param>
/// <param name="isSampled">Whether the model draws actions.</param>
internal sealed class PolicyMetadata(SavedPolicy policy, bool isSampled)
{
    /// <summary>Version of this program.</summary>
    public static string Version { get; } = typeof(PolicyMetadata).Assembly.GetName().Version?.ToString(3) ?? "unknown";

    /// <summary>All entries.</summary>
    /// <param name="memories">Memories that are in the model.</param>
    public IEnumerable<(string Key, string Value)> Entries(IReadOnlyList<MemoryTensors> memories)
    {
        PolicyInfo info = policy.Info;
        yield return ("agent", info.Agent);
        yield return ("environment", info.Environment);
        yield return ("acting", (isSampled ? ActingPolicies.Sample : ActingPolicies.Greedy).Name);
        yield return ("observation_space", SpaceJson.Of(policy.ObservationSpace).ToJsonString());
        yield return ("action_space", SpaceJson.Of(policy.ActionSpace).ToJsonString());
        yield return ("frame_stack", Text(info.FrameStack));
        yield return ("wrappers", Wrappers().ToJsonString());
        yield return ("core_state", new JsonArray([.. memories.Select(ToJson)]).ToJsonString());
        yield return ("parameter_version", Text(info.ParameterVersion));
        yield return ("environment_steps", Text(info.EnvironmentSteps));
        yield return ("parameters_sha256", policy.ParameterHash);
        yield return ("agents_version", Version);
    }

    /// <summary>What the caller has to do that the model does not.</summary>
    /// <param name="memories">Memories that are in the model.</param>
    public IEnumerable<string> Instructions(IReadOnlyList<MemoryTensors> memories)
    {
        PolicyInfo info = policy.Info;
        yield return "Give observations as the environment gives them, without scaling or normalising them: the model does that. It does not check them.";
        if (info.FrameStack > 1)
        {
            yield return $"Stack the last {info.FrameStack} observations, the latest last; the first one of an episode fills the whole stack.";
        }
        if (info.PreviousActionReward)
        {
            yield return "Append the previous action and the previous reward to the observation, zeros at the start of an episode.";
        }
        if (info.Skills > 0)
        {
            yield return $"Choose a skill from 0 to {info.Skills - 1} for each episode, and give it with every observation.";
        }
        if (info.FrameSkip > 1)
        {
            yield return $"Repeat each action for {info.FrameSkip} steps of the environment, and act on the last of their observations.";
        }
        if (info.Options is { } options)
        {
            yield return $"The action is the number of another saved policy, which then acts for {options.Horizon} steps and is not in this model.";
        }
        foreach (MemoryTensors memory in memories)
        {
            yield return $"Give zeros as {memory.Input} in the first step, then what {memory.Output} was in the step before.";
        }
        if (memories.Count > 0)
        {
            yield return $"Set {CoreStates.EpisodeStart} where an observation begins an episode; zeros as the state do the same.";
        }
        if (isSampled)
        {
            string kind = policy.ActionSpace is Box ? "from the standard normal distribution" : "uniformly from [0, 1)";
            yield return $"Draw {ActionOutputs.Noise} anew in each step, {kind}.";
        }
    }

    private JsonObject Wrappers()
    {
        PolicyInfo info = policy.Info;
        var wrappers = new JsonObject();
        Add(info.FrameSkip > 1, "frame_skip", info.FrameSkip);
        Add(info.StickyActions > 0, "sticky_actions", info.StickyActions);
        Add(info.NoopMax > 0, "noop_max", info.NoopMax);
        Add(info.FrameStack > 1, "frame_stack", info.FrameStack);
        Add(info.PreviousActionReward, "previous_action_reward", true);
        Add(info.Skills > 0, "skills", info.Skills);
        if (info.Options is { } options)
        {
            string[] hashes = options.WeightsSha256 ?? [];
            wrappers["options"] = new JsonObject
            {
                ["horizon"] = options.Horizon,
                ["weights_sha256"] = new JsonArray([.. hashes.Select(hash => (JsonNode)hash)]),
            };
        }
        return wrappers;

        void Add(bool isUsed, string key, JsonNode value)
        {
            if (isUsed)
            {
                wrappers[key] = value;
            }
        }
    }

    private static JsonNode ToJson(MemoryTensors memory)
    {
        StateLayout layout = memory.Place.State;
        var parts = new JsonArray([
            .. layout.Parts.Select(
                (part, i) =>
                    (JsonNode)
                        new JsonObject
                        {
                            ["name"] = part.Name,
                            ["offset"] = layout.OffsetOf(i),
                            ["columns"] = part.Columns,
                            ["rows"] = Math.Max(1, part.Length),
                        }
            ),
        ]);
        return new JsonObject
        {
            ["input"] = memory.Input,
            ["output"] = memory.Output,
            ["size"] = layout.Size,
            ["initial"] = 0,
            ["parts"] = parts,
        };
    }

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
