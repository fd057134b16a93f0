namespace Learners.Stages;

/// <summary>The policies beside the agent's own that read other branches of its core.</summary>
internal static class BranchPolicies
{
    /// <summary>The branch that acts.</summary>
    public const string Reaction = "reaction";

    /// <summary>The branch that knows the current interval.</summary>
    public const string Perception = "perception";

    /// <summary>The branch that knows what was before it.</summary>
    public const string Prediction = "prediction";

    /// <summary>Branches with a head of their own.</summary>
    public static IReadOnlyList<string> All { get; } = [Perception, Prediction];

    /// <summary>Name of a branch's head, whose numbers are a distribution's.</summary>
    public static string HeadOf(string branch) => $"ppr_{branch}";
}
