using Agents.Networks;
using Agents.Policies;
using Agents.Yaml;
using Environments;
using Learners.Composition;

namespace Learners.Auxiliary;

/// <summary>Settings of something that is learned beside the agent's own objectives: a loss, rewards, a network of its own. Immutable.</summary>
public abstract record AuxiliarySettings : NamedSettings, IChosenByName
{
    private protected AuxiliarySettings() { }

    static NameTable IChosenByName.Table => AuxiliaryTable.All;

    internal sealed override NameTable Table => AuxiliaryTable.All;

    /// <summary>Heads that the agent's network has for it; each begins with the name of this part.</summary>
    /// <param name="environment">The task as the policy sees it.</param>
    internal virtual IEnumerable<HeadSettings> HeadsOf(EnvironmentSpec environment) => [];

    /// <summary>The agent's network with what it needs there besides heads.</summary>
    /// <param name="network">The network until now.</param>
    /// <param name="environment">The task as the policy sees it.</param>
    internal virtual NetworkSettings Extend(NetworkSettings network, EnvironmentSpec environment) => network;

    /// <summary>Whether it compares the agent's policy with one of the plain family over the actions, which a mixture of factored actions does not have.</summary>
    internal virtual bool ComparesPolicies => false;

    /// <summary>Whether the network gives values by several heads, so that there is no one head whose units could be normalised.</summary>
    internal virtual bool HasSeveralValues => false;

    /// <summary>Whether samples count differently in the means of losses.</summary>
    internal virtual bool WeighsSamples => false;

    /// <inheritdoc cref="AgentSettings.FollowsProgress"/>
    internal virtual bool FollowsProgress => false;

    /// <inheritdoc cref="AgentSettings.EvaluatesLastStage"/>
    internal virtual bool EvaluatesLastStage => false;

    /// <summary>Whether the network's mixture is its, and so the numbers by which policies are mixed.</summary>
    internal virtual bool SetsMixture => false;

    /// <summary>Whether it takes the task's rewards away, or a share of them: two parts would take them twice.</summary>
    internal virtual bool ReplacesRewards => false;

    /// <summary>Whether it gives a network a memory that has none itself.</summary>
    /// <param name="network">The network without it.</param>
    internal virtual bool Remembers(NetworkSettings network) => false;

    /// <inheritdoc cref="AgentSettings.FurtherCores"/>
    internal virtual IEnumerable<string> FurtherCores => [];

    /// <summary>Why it does not go with a network, in a sentence with a remedy; null where it does.</summary>
    /// <param name="network">The agent's network.</param>
    internal virtual string? MistakeWith(NetworkSettings network) => null;

    /// <summary>Why it does not go with a run, in a sentence with a remedy; null where it does.</summary>
    /// <param name="run">The run.</param>
    internal virtual string? MistakeIn(TrainingSettings run) => MistakeWith(run.Network);

    /// <summary>Whether it adds a loss to the agent's, whose gradient can be compared with that of the agent's own.</summary>
    /// <value>True unless overridden.</value>
    internal virtual bool AddsLoss => true;

    /// <summary>Its arrays, for <c>RunSize</c>.</summary>
    /// <param name="network">The agent's network.</param>
    /// <param name="samples">Samples of an unroll.</param>
    internal virtual IEnumerable<MemoryPart> MemoryOf(NetworkSpec network, double samples) => [];

    /// <summary>The same, with sums of the files that it reads, which may not change while a run goes on.</summary>
    internal virtual AuxiliarySettings Pinned() => this;

    /// <summary>Why it cannot take part in a fleet, as a sentence that begins with the key and says how to mend it; null where it can.</summary>
    internal virtual string? MistakeInFleet => null;

    /// <inheritdoc cref="AgentSettings.ControlName"/>
    internal virtual string ControlName => "";

    /// <summary>Whether it takes the returns of the task as they are, which V-trace and normalised values do not give.</summary>
    internal virtual bool TakesPlainReturns => false;

    /// <summary>What acts in a run of one process; see <see cref="AgentSettings.Controlled"/>.</summary>
    internal virtual IPolicy? Controlled(NetworkPolicy own, TrainingSettings run, Func<string, EnvironmentSpec?> findTask) =>
        null;

    /// <summary>Makes what joins the learner.</summary>
    internal abstract AuxiliaryParts Create(AuxiliaryContext context);
}
