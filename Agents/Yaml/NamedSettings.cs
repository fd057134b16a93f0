namespace Agents.Yaml;

/// <summary>
/// Settings of a part that is chosen by its name from a table, and stands under that name: <c>optimizer: adam</c> goes with <c>adam: { … }</c>.
/// Immutable; derive variants with <c>with</c>.
/// </summary>
/// <remarks>Every property that can be set is a key in lower case with underscores, and is checked against its range. Properties are compared by value.</remarks>
public abstract record NamedSettings : ISection
{
    private protected NamedSettings() { }

    /// <summary>Name in settings, in lower case with underscores.</summary>
    public abstract string Name { get; }

    /// <summary>What the part is, half a sentence for people who choose one.</summary>
    public abstract string Description { get; }

    /// <summary>The parts among which this one was chosen.</summary>
    internal abstract NameTable Table { get; }

    object ISection.Copy() => this with { };
}
