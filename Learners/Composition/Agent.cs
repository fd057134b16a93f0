using Agents.Networks;
using Agents.Policies.Acting;
using Environments;

namespace Learners.Composition;

/// <summary>An agent by name: what it is, its settings, its network and how it learns. Stateless; <c>AgentRegistry</c> finds it by its name.</summary>
/// <remarks>
/// A new agent is this class with a settings record, and nothing else: one line in the registry's table makes it a part of the framework, and
/// <c>--assembly</c> finds it in a file of its own. It needs a public constructor without parameters. See <c>docs/own-agents.md</c>.
/// </remarks>
public abstract class Agent
{
    /// <summary>Name on the command line, in files, and of its section there.</summary>
    /// <value>A lower-case letter, then lower-case letters, digits and underscores; no key of <see cref="TrainingSettings"/>.</value>
    public abstract string Name { get; }

    /// <summary>What the agent is and where it was published, on one line.</summary>
    public abstract string Description { get; }

    /// <summary>Its settings where nothing else is said; the only place of these defaults. Their <see cref="AgentSettings.Agent"/> is this agent.</summary>
    public abstract AgentSettings Defaults { get; }

    /// <summary>How it acts, in training and as a saved policy unless told otherwise: a name of <see cref="ActingPolicies"/>.</summary>
    /// <value>Default <c>sample</c>: what policy gradients expect. Log-probabilities in unrolls are those with which actions were really taken.</value>
    public virtual string Acting => ActingPolicies.Sample.Name;

    /// <summary>The network that acts and is saved. It travels to actors, so that both sides have the same one.</summary>
    /// <param name="environment">The task as the policy sees it, behind its wrappers.</param>
    /// <param name="settings">The run.</param>
    /// <returns>The run's network settings, unless an agent needs others.</returns>
    public virtual NetworkSettings NetworkOf(EnvironmentSpec environment, TrainingSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        return settings.Network;
    }

    /// <summary>Makes the learner of a run, at its first update. The caller owns it.</summary>
    /// <param name="context">The run; its settings are checked, and their agent is this one.</param>
    public abstract ILearner CreateLearner(LearnerContext context);

    /// <summary>What is wrong with <see cref="Acting"/>, in sentences; null where nothing is.</summary>
    internal string? ActingMistake =>
        ActingPolicies.TryFind(Acting) is null
            ? $"{ActingPolicies.Unknown(Acting)} Let the property Acting of {GetType().FullName} give one of them."
            : null;
}
