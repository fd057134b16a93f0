using Studies.Plotting;

namespace Page.Runs;

/// <summary>What runs have in common that differ in nothing but their seed.</summary>
/// <param name="Id">16 hexadecimal digits, the same for the same settings.</param>
/// <param name="Settings">Values by key.</param>
internal sealed record Experiment(string Id, SortedDictionary<string, string> Settings)
{
    /// <summary>Environment id, or the task of supervised runs.</summary>
    public string Environment => Settings["environment"];

    /// <summary>Agent, or the core of supervised runs.</summary>
    public string Agent => Settings["agent"];

    /// <summary>The experiment of some settings.</summary>
    /// <param name="settings">Without what differs between its runs.</param>
    public static Experiment Of(SortedDictionary<string, string> settings) =>
        new(ShortHash.Of(FlatSettings.Identity(settings)), settings);
}
