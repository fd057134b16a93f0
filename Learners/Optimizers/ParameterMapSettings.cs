using Agents.Programs;
using Agents.Yaml;

namespace Learners.Optimizers;

/// <summary>Settings of a map between what is learned and what the network uses. Immutable.</summary>
public abstract record ParameterMapSettings : NamedSettings, IChosenByName
{
    private protected ParameterMapSettings() { }

    static NameTable IChosenByName.Table => OptimizerTable.Maps;

    internal sealed override NameTable Table => OptimizerTable.Maps;

    /// <summary>Makes the map.</summary>
    /// <param name="slots">Arrays that may be mapped; all others must stay as they are.</param>
    internal abstract IParameterMap Create(IReadOnlyList<ParameterSlot> slots);
}
