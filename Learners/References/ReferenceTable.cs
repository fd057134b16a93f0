using Agents.Yaml;

namespace Learners.References;

/// <summary>All kinds of reference policies: one line each.</summary>
internal static class ReferenceTable
{
    /// <summary>The table.</summary>
    public static NameTable All { get; } =
        new(
            "reference policy",
            new LearnedReferenceSettings(),
            new PlannedReferenceSettings(),
            new SavedReferenceSettings(),
            new UniformReferenceSettings()
        );
}
