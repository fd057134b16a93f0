using System.CommandLine;
using System.Text.Json.Nodes;
using Agents.Policies;
using Agents.Yaml;
using Learners.Evaluation;
using Learners.Training;

namespace Cli.Commands;

/// <summary><c>agents evaluate</c>.</summary>
internal static class EvaluateCommand
{
    public static Command Create(TextWriter output)
    {
        var path = new Argument<string>("policy") { Description = "Run folder, or a policy folder such as <run>/best." };
        var episodes = new Option<int>("--episodes") { Description = "Episodes to play.", DefaultValueFactory = _ => 100 };
        var seed = new Option<ulong>("--seed") { Description = "Seed of environment and sampling." };
        var deterministic = new Option<bool>("--deterministic")
        {
            Description = "Take the most probable action instead of drawing one.",
        };
        var environment = new Option<string?>("--environment") { Description = "Another environment with the same spaces." };
        Option<bool> json = JsonOption.Create();
        var command = new Command(
            "evaluate",
            """
            Plays whole episodes with a saved policy and prints their returns.

            Examples:
              agents evaluate runs/CartPole-v1/ppo/20260101-120000-1
              agents evaluate runs/CartPole-v1/ppo/20260101-120000-1/best --episodes 1000 --deterministic --json
            """
        )
        {
            path,
            episodes,
            seed,
            deterministic,
            environment,
            json,
        };
        command.SetAction(
            (parsed, cancellationToken) =>
            {
                int count = parsed.GetValue(episodes);
                if (count < 1)
                {
                    throw new SettingsException($"--episodes is {count}; at least one episode is needed.");
                }
                using SavedPolicy policy = SavedPolicy.Load(RunFolder.FindPolicy(parsed.GetValue(path)!));
                EvaluationResult result = Evaluator.Evaluate(
                    policy,
                    parsed.GetValue(environment),
                    count,
                    parsed.GetValue(seed),
                    parsed.GetValue(deterministic),
                    cancellationToken: cancellationToken
                );
                if (parsed.GetValue(json))
                {
                    JsonObject node = RunSummary.ToNode(result);
                    node["environment"] = parsed.GetValue(environment) ?? policy.Info.Environment;
                    node["agent"] = policy.Info.Agent;
                    output.WriteLine(node.ToJsonString());
                }
                else
                {
                    Tables.Print(output, EvaluationTable.Create(result));
                }
                return Task.FromResult(ExitCodes.Done);
            }
        );
        return command;
    }
}
