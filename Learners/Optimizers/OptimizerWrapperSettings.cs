using Agents.Yaml;

namespace Learners.Optimizers;

/// <summary>Settings of something that is put around any optimiser. Immutable.</summary>
public abstract record OptimizerWrapperSettings : NamedSettings, IChosenByName
{
    private protected OptimizerWrapperSettings() { }

    static NameTable IChosenByName.Table => OptimizerTable.Wrappers;

    internal sealed override NameTable Table => OptimizerTable.Wrappers;

    /// <summary>Puts it around an optimiser, before the first step of either.</summary>
    /// <param name="inner">The optimiser; owned from here on.</param>
    /// <param name="parameters">The first parameters; copied if needed.</param>
    internal abstract IOptimizer Wrap(IOptimizer inner, ReadOnlySpan<float> parameters);
}
