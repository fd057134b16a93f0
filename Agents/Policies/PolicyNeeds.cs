using Environments.Spaces;
using Environments.Wrappers;

namespace Agents.Policies;

/// <summary>What whoever asks a saved policy has to give it, and what it does itself: facts of its description, in sentences.</summary>
internal static class PolicyNeeds
{
    private const string SampledActing = "sample";

    /// <summary>What the caller does, one sentence each; the first says what an observation is.</summary>
    public static IReadOnlyList<string> OfCaller(SavedPolicy policy)
    {
        PolicyInfo info = policy.Info;
        var needs = new List<string> { $"Give observations of {policy.ObservationSpace}, in the environment's own numbers." };
        if (info.FrameStack > 1)
        {
            needs.Add(
                $"Stack the last {info.FrameStack} observations, oldest first; at the start of an episode the first one fills the whole stack."
            );
        }
        if (info.PreviousActionReward)
        {
            needs.Add(
                $"{(policy.ObservationSpace is Dict ? "Give previous_action and previous_reward" : "Append the previous action and the previous reward")}: integers of actions as one-hot vectors, the reward as the environment gave it, and zeros at the start of an episode."
            );
        }
        if (info.Skills > 0)
        {
            needs.Add($"Give a skill, a whole number from 0 to {info.Skills - 1}, which stays the same for an episode.");
        }
        if (info.FrameSkip > 1)
        {
            needs.Add(
                $"Repeat each action for {info.FrameSkip} steps of the environment, and ask again with the last observation."
            );
        }
        if (info.Options is { } options)
        {
            needs.Add(
                $"An action chooses one of the saved policies with which it was trained; let that one act for up to {options.Horizon} steps before asking again."
            );
        }
        if (policy.CoreStateSize > 0)
        {
            needs.Add(
                $"Keep its memory, {policy.CoreStateSize} numbers: give back with each observation what came with the last action, and nothing at the start of an episode."
            );
        }
        return needs;
    }

    /// <summary>What the policy does to observations and actions itself, one sentence each.</summary>
    public static IReadOnlyList<string> OfPolicy(SavedPolicy policy)
    {
        var does = new List<string>();
        if (policy.Info.ObservationScale != 1)
        {
            does.Add(
                string.Create(
                    System.Globalization.CultureInfo.InvariantCulture,
                    $"It multiplies observations by {policy.Info.ObservationScale}."
                )
            );
        }
        if (policy.Statistics is not null)
        {
            does.Add(
                "It normalises the real numbers of observations by the means and deviations of its training, and clips them to ±10."
            );
        }
        if (policy.Network.View is { Length: > 0 } view)
        {
            does.Add($"It reads only {string.Join(", ", view)} of an observation; the rest has to be given and changes nothing.");
        }
        if (policy.ActionSpace is Box)
        {
            does.Add(
                $"{(policy.ActingNetwork.Spec.ScalesActions ? "It scales actions to their bounds and clips them" : "It clips actions to their bounds")}."
            );
        }
        if (policy.Info.Acting == SampledActing)
        {
            does.Add(
                "Asked over HTTP, by gRPC, as ONNX or as a session in C#, it takes the most probable action unless sampling is asked for; 'agents evaluate' and 'agents record' draw actions as in training unless given --deterministic, and so do the scores of training."
            );
        }
        return does;
    }

    /// <summary>What the environment was shown and played with in training that no caller has to repeat, one sentence each.</summary>
    public static IReadOnlyList<string> OfTraining(TaskSettings task)
    {
        var facts = new List<string>();
        if (task.StickyActions > 0)
        {
            facts.Add(
                string.Create(
                    System.Globalization.CultureInfo.InvariantCulture,
                    $"In training, each step repeated the previous action with a chance of {task.StickyActions}."
                )
            );
        }
        if (task.NoopMax > 0)
        {
            facts.Add($"In training, episodes began with 1 to {task.NoopMax} steps of action 0.");
        }
        return facts;
    }
}
