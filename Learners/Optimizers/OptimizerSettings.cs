using Agents.Networks;
using Agents.Yaml;
using Environments.Randomness;
using Learners.Composition;

namespace Learners.Optimizers;

/// <summary>Settings of an optimiser, which is chosen by its name. Immutable.</summary>
public abstract record OptimizerSettings : NamedSettings
{
    private protected OptimizerSettings() { }

    internal sealed override NameTable Table => OptimizerTable.Optimizers;

    /// <summary>Whether it follows the curvature of a policy and a value with respect to the network's parameters, gathered while gradients are computed.</summary>
    internal virtual bool NeedsCurvature => false;

    /// <summary>Makes the optimiser, before its first step.</summary>
    /// <param name="layout">Parameters that it will move.</param>
    /// <param name="random">Seeds what it draws, if anything.</param>
    internal abstract IOptimizer Create(ParameterLayout layout, ref Pcg64 random);

    /// <summary>Arrays beside those of every optimiser, for <c>RunSize</c>.</summary>
    internal virtual IEnumerable<MemoryPart> MemoryOf(ParameterLayout layout) => [];

    /// <summary>Roughly how many multiplications a step takes beyond those per parameter.</summary>
    internal virtual double WorkOf(ParameterLayout layout) => 0;
}
