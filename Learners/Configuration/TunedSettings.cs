using Agents.Yaml;
using Learners.Composition;

namespace Learners.Configuration;

/// <summary>Settings that were tuned for an environment and an agent, which travel with this library: where programs begin.</summary>
public static class TunedSettings
{
    /// <summary>The tuned settings of an environment and agent, or the agent's defaults where none were tuned.</summary>
    /// <param name="environment">Environment id.</param>
    /// <param name="agent">Agent name; null for PPO.</param>
    /// <param name="agents">Where the name is looked up; null for the agents of the framework.</param>
    /// <exception cref="SettingsException">There is no such agent.</exception>
    public static TrainingSettings For(string environment, string? agent = null, AgentRegistry? agents = null) =>
        SettingsSources.Load(environment, agent ?? AgentRegistry.UsualName, null, [], agents);
}
