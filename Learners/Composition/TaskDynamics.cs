using Agents.Networks;
using Agents.Yaml;
using Environments;
using Environments.Tabular;

namespace Learners.Composition;

/// <summary>The exact dynamics of a run's task.</summary>
internal static class TaskDynamics
{
    /// <summary>The dynamics, whose states the agent's observations tell.</summary>
    /// <param name="findTask">Looks the environment up.</param>
    /// <param name="network">The agent's network.</param>
    /// <param name="environment">Id of the environment.</param>
    /// <param name="what">Who needs them and why, which begins the message.</param>
    /// <exception cref="SettingsException">The environment does not tell them, or its observations do not reach the agent as they are.</exception>
    public static ITabularModel Of(Func<EnvironmentSpec?> findTask, NetworkSpec network, string environment, string what)
    {
        if (findTask() is not { Model: { } model } task)
        {
            throw new SettingsException(
                $"{what}, and {environment} does not tell its exact dynamics. Choose an environment that does, such as GridWorld/RandomGrid-v0, or leave it out."
            );
        }
        return task.ObservationSpace == network.ObservationSpace
            ? model
            : throw new SettingsException(
                $"{what}, and wrappers change the observations of {environment}, which tell its states. Leave wrappers.* out."
            );
    }
}
