using Agents.Yaml;

namespace Agents.Networks.Cores;

/// <summary>
/// Settings that one memory core has by itself, under its name in the network's section: <c>core: ln_lstm</c> goes with <c>ln_lstm: { … }</c>.
/// Immutable.
/// </summary>
/// <remarks>Every property that can be set is a key in lower case with underscores, and is checked against its range. Properties are compared by value.</remarks>
public abstract record CoreSettings : ISection
{
    /// <summary>Name of the core.</summary>
    public abstract string Core { get; }

    string ISection.Name => Core;

    object ISection.Copy() => this with { };
}
