using Agents.Yaml;
using Studies.Trials;

namespace Studies.Search;

/// <summary>Settings of the way in which a study decides what to train: <c>method: random</c> goes with <c>random: { … }</c>. Immutable.</summary>
internal abstract record MethodSettings : NamedSettings
{
    /// <summary>Whether it trains a population, whose members copy each other.</summary>
    public virtual bool IsPopulation => false;

    internal sealed override NameTable Table => MethodTable.All;

    /// <summary>Its controller for a study.</summary>
    /// <exception cref="SettingsException">The study's space or length is not possible with it.</exception>
    internal abstract IStudyController Create(StudyOutline outline);
}
