using Agents.Networks.Cores.PerceptionPredictionReaction;

namespace Learners.Auxiliary;

/// <summary>The policies beside the agent's own that read other branches of its core.</summary>
internal static class BranchPolicies
{
    /// <summary>Branches with a head of their own.</summary>
    public static IReadOnlyList<string> All { get; } = [PprCore.Perception, PprCore.Prediction];

    /// <summary>Name of a branch's head, whose numbers are a distribution's.</summary>
    public static string HeadOf(string branch) => $"ppr_{branch}";
}
