using Agents.Networks;
using Environments;
using Environments.Randomness;
using Learners.Composition;

namespace Learners.References;

/// <summary>What a reference policy is made of.</summary>
/// <param name="Network">The agent's network.</param>
/// <param name="Settings">The run.</param>
/// <param name="FindTask">Looks an environment up by its id, for policies that are planned.</param>
/// <param name="Seed">Seed of everything that the policy draws.</param>
/// <param name="Key">Where its settings stand, such as <c>distillation.teacher</c>, for messages.</param>
internal sealed record ReferenceContext(
    NetworkSpec Network,
    TrainingSettings Settings,
    Func<string, EnvironmentSpec?> FindTask,
    SeedSequence Seed,
    string Key
)
{
    /// <summary>Whether somebody reads what it says of where actions led to.</summary>
    public bool WithNext { get; init; } = true;

    /// <summary>Whether somebody reads its values.</summary>
    public bool WithValues { get; init; } = true;

    /// <summary>That of a learner's part.</summary>
    public ReferenceContext(LearnerContext run, SeedSequence seed, string key)
        : this(run.Network, run.Settings, run.FindTask, seed, key) { }
}
