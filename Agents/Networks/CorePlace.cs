using Agents.Networks.Cores;

namespace Agents.Networks;

/// <summary>A memory in a network.</summary>
/// <param name="Trunk">The trunk that it is in.</param>
/// <param name="Path">Path of its parameters.</param>
/// <param name="Core">What it is.</param>
/// <param name="State">Where the parts of its state lie.</param>
/// <param name="Offset">Where its state begins within that of the network.</param>
/// <param name="Stage">The earlier policy of a mixture whose it is; null for the network's own.</param>
internal sealed record CorePlace(string Trunk, string Path, MemoryCore Core, StateLayout State, int Offset, StagePlan? Stage)
{
    /// <summary>The name of a branch among all that a trunk gives.</summary>
    /// <param name="branch">Its name in the core.</param>
    public string KeyOf(string branch) => Stage is null ? branch : $"{Stage.Path}/{branch}";

    /// <summary>Paths and units of the dense layers between the trunk's encoder and the core.</summary>
    /// <param name="prefix">What begins the paths of the trunk's parameters.</param>
    public IEnumerable<(string Path, int Units)> LayersOf(string prefix) =>
        (Stage?.Settings.HiddenSizes ?? []).Select(
            (units, i) => ($"{prefix}{(Stage!.Settings.OwnTrunk ? "" : Stage.Path + ".")}hidden.{i}", units)
        );
}
