using Agents.Networks;
using Environments.Wrappers;

namespace Learners.Composition;

/// <summary>A policy that a learner has beside the agent's own, to be saved with the run.</summary>
/// <param name="Network">Its network.</param>
/// <param name="Parameters">Its parameters; the holder's from here on.</param>
public sealed record PolicyBeside(NetworkSpec Network, float[] Parameters)
{
    /// <summary>How it is shown the task; null for what the run does.</summary>
    public TaskSettings? Task { get; init; }

    /// <summary>Statistics by which it normalises observations, where it has a <see cref="Task"/> of its own; null for none.</summary>
    public RunningStatistics? Statistics { get; init; }
}
