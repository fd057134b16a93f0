using Agents.Yaml;

namespace Studies.Search;

/// <summary>All ways of deciding what a study trains: one line each.</summary>
internal static class MethodTable
{
    /// <summary>The methods.</summary>
    public static NameTable All { get; } =
        new(
            "method",
            new GridSettings(),
            new RandomSettings(),
            new ParzenSettings(),
            new HalvingSettings(),
            new PopulationSettings()
        );
}
