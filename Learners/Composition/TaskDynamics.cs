using Agents.Networks;
using Agents.Yaml;
using Environments;
using Environments.Tabular;

namespace Learners.Composition;

/// <summary>The exact dynamics of a run's task.</summary>
internal static class TaskDynamics
{
    /// <summary>The dynamics, whose states the agent's observations tell.</summary>
    /// <param name="findTask">Looks an environment up by its id.</param>
    /// <param name="network">The agent's network.</param>
    /// <param name="environment">Id of the environment.</param>
    /// <param name="discount">γ, below 1, so that every policy has a value.</param>
    /// <param name="what">Who needs them and why, which begins the message.</param>
    /// <exception cref="SettingsException">The environment does not tell them, has other states or actions, or its observations do not reach the agent as they are.</exception>
    public static ITabularModel Of(
        Func<string, EnvironmentSpec?> findTask,
        NetworkSpec network,
        string environment,
        float discount,
        string what
    )
    {
        if (findTask(environment) is not { Model: { } model } task)
        {
            throw new SettingsException(
                $"{what}, and {environment} does not tell its exact dynamics, or may not be looked up. Choose an environment that does, such as GridWorld/RandomGrid-v0, or leave it out."
            );
        }
        if (task.ObservationSpace != network.ObservationSpace || task.ActionSpace != network.ActionSpace)
        {
            throw new SettingsException(
                $"{what}, and {environment} has {task.ObservationSpace} → {task.ActionSpace}, where the agent has {network.ObservationSpace} → {network.ActionSpace}. Leave wrappers of observations out, or name an environment of the same states and actions."
            );
        }
        return discount < 1
            ? model
            : throw new SettingsException(
                $"{what}, and with a discount_factor of 1 a policy that never ends an episode has no value. Set it below 1."
            );
    }
}
