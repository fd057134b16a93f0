namespace Agents.Yaml;

/// <summary>
/// A record that tells which key it stands under: one of several that a property may hold. The property's own key holds that name, so that
/// <c>agent: ppo</c> goes with <c>ppo: { … }</c>.
/// </summary>
internal interface ISection
{
    /// <summary>Key of the section.</summary>
    string Name { get; }

    /// <summary>A copy, which a document's values are laid over.</summary>
    object Copy();
}
