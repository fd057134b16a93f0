using System.CommandLine;

namespace Cli.Options;

/// <summary>What options of other libraries are called here.</summary>
internal static class FamiliarOptions
{
    // Stable-Baselines3 and its zoo, CleanRL, RLlib, ML-Agents.
    private static readonly Dictionary<string, string> Names = new(StringComparer.OrdinalIgnoreCase)
    {
        ["--env"] = "<environment>",
        ["--env-id"] = "<environment>",
        ["--environment"] = "<environment>",
        ["--gym-id"] = "<environment>",
        ["--algo"] = "--agent",
        ["--algorithm"] = "--agent",
        ["--run"] = "--agent",
        ["--model"] = "--agent",
        ["--total-timesteps"] = "--steps",
        ["--timesteps"] = "--steps",
        ["--n-timesteps"] = "--steps",
        ["--max-steps"] = "--steps",
        ["--lr"] = "--set AGENT.learning_rate=",
        ["--learning-rate"] = "--set AGENT.learning_rate=",
        ["--gamma"] = "--set AGENT.discount_factor=",
        ["--num-envs"] = "--set AGENT.copies=",
        ["--n-envs"] = "--set AGENT.copies=",
        ["--envs"] = "--set AGENT.copies=",
        ["--num-steps"] = "--set AGENT.unroll_length=",
        ["--n-steps"] = "--set AGENT.unroll_length=",
        ["--normalize"] = "--set wrappers.normalize_observations=true",
        ["--batch-size"] = "--set AGENT.minibatches=",
        ["--net-arch"] = "--set network.hidden_sizes=",
        ["--device"] = "--engine",
        ["--cuda"] = "--engine",
        ["--log-dir"] = "--out",
        ["--logdir"] = "--out",
        ["--log-folder"] = "--out",
        ["--output"] = "--out",
        ["--run-id"] = "--out",
        ["--results-dir"] = "--out",
        ["--load"] = "--resume",
        ["--checkpoint"] = "--resume",
        ["--restore"] = "--resume",
        ["--trained-agent"] = "--init-from",
        ["--initialize-from"] = "--init-from",
        ["--hyperparams"] = "--set",
        ["--hyperparameters"] = "--set",
        ["--conf-file"] = "--config",
        ["--port"] = "--listen",
        ["--host"] = "--listen",
        ["--address"] = "--listen",
        ["--n-eval-episodes"] = "--episodes",
        ["--num-episodes"] = "--episodes",
    };

    /// <summary>The end of an error about an option that another library has; null where it is not known, or the command has nothing of the kind.</summary>
    /// <param name="token">The option.</param>
    /// <param name="command">The command that was given it.</param>
    /// <param name="agent">Name of the agent that the command line trains.</param>
    public static string? Suggest(string token, Command command, string agent)
    {
        string name = token.Split('=')[0].Replace('_', '-');
        if (!Names.TryGetValue(name, out string? own))
        {
            return null;
        }
        string option = own.Split(' ')[0];
        return own.StartsWith('<')
            ? command.Arguments.Any(argument => $"<{argument.Name}>" == own)
                ? $" The environment is named without an option: 'agents {command.Name} CartPole-v1'."
                : null
            : command.Options.Any(known => known.Name == option)
                ? $" Did you mean '{own.Replace("AGENT", agent, StringComparison.Ordinal)}'?"
                : null;
    }
}
