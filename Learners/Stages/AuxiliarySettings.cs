using Agents.Networks;
using Agents.Yaml;
using Environments;
using Learners.Composition;

namespace Learners.Stages;

/// <summary>Settings of something that is learned beside the agent's own objectives: a loss, rewards, a network of its own. Immutable.</summary>
public abstract record AuxiliarySettings : NamedSettings, IChosenByName
{
    private protected AuxiliarySettings() { }

    static NameTable IChosenByName.Table => AuxiliaryTable.All;

    internal sealed override NameTable Table => AuxiliaryTable.All;

    /// <summary>Heads that the agent's network has for it; each begins with the name of this part.</summary>
    /// <param name="environment">The task as the policy sees it.</param>
    internal virtual IEnumerable<HeadSettings> HeadsOf(EnvironmentSpec environment) => [];

    /// <summary>Whether it adds a loss to the agent's, whose gradient can be compared with that of the agent's own.</summary>
    /// <value>True unless overridden.</value>
    internal virtual bool AddsLoss => true;

    /// <summary>Its arrays, for <c>RunSize</c>.</summary>
    /// <param name="network">The agent's network.</param>
    /// <param name="samples">Samples of an unroll.</param>
    internal virtual IEnumerable<MemoryPart> MemoryOf(NetworkSpec network, double samples) => [];

    /// <summary>Makes what joins the learner.</summary>
    internal abstract AuxiliaryParts Create(AuxiliaryContext context);
}
