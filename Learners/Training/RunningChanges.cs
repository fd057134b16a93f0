using Agents.Networks;
using Agents.Yaml;
using Environments;
using Learners.Composition;

namespace Learners.Training;

/// <summary>Which settings may change while a run goes on.</summary>
internal static class RunningChanges
{
    /// <summary>Refuses changes of what environments, batches and networks are made of.</summary>
    /// <param name="before">The settings until now.</param>
    /// <param name="changed">Those that are wanted.</param>
    /// <param name="network">The network that acts.</param>
    /// <exception cref="SettingsException">There is one.</exception>
    public static void Require(TrainingSettings before, TrainingSettings changed, NetworkSpec network)
    {
        TrainingSettings allowed = before with
        {
            TotalSteps = changed.TotalSteps,
            StopAtReturn = changed.StopAtReturn,
            Evaluation = changed.Evaluation,
            Checkpoints = changed.Checkpoints,
            Agent = changed.Agent,
        };
        if (allowed != changed)
        {
            throw new SettingsException(
                $"While a run goes on, only the section {before.AgentName}, total_steps, stop_at_return, evaluation and checkpoints may change. Start a new run for anything else."
            );
        }
        AgentSettings agent = before.Agent;
        AgentSettings next = changed.Agent;
        Require(agent.Copies == next.Copies, agent, "copies", "the environments are made");
        Require(agent.UnrollLength == next.UnrollLength, agent, "unroll_length", "unrolls have their size");
        Require(agent.FixedPolicyLag == next.FixedPolicyLag, agent, "fixed_policy_lag", "acting has its lag");
        Require(
            !before.Wrappers.NormalizeRewards || agent.DiscountFactor.Equals(next.DiscountFactor),
            agent,
            "discount_factor",
            "rewards are normalised by it"
        );
        Require(agent.ControlName == next.ControlName, agent, "auxiliary", "who acts is made with the environments");
        // Settings of the agent can ask for heads and further policies, and the network is made.
        var task = new EnvironmentSpec(before.Environment, network.ObservationSpace, network.ActionSpace);
        if (before.NetworkFor(task) != changed.NetworkFor(task))
        {
            throw new SettingsException(
                $"While a run goes on, layers and heads of the network cannot change, and with these settings of {agent.Agent.Name} it would have others. Start a new run for that."
            );
        }
    }

    private static void Require(bool isSame, AgentSettings agent, string key, string why)
    {
        if (!isSame)
        {
            throw new SettingsException(
                $"{agent.Agent.Name}.{key} cannot change while a run goes on, since {why}. Start a new run for that."
            );
        }
    }
}
