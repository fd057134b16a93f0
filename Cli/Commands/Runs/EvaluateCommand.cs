using System.CommandLine;
using System.Text.Json.Nodes;
using Agents.Policies;
using Cli.Options;
using Cli.Output;
using Cli.Processes;
using Environments.Atari;
using Learners.Evaluation;
using Learners.Training;
using Protos.Foreign;

namespace Cli.Commands.Runs;

/// <summary><c>agents evaluate</c>.</summary>
internal static class EvaluateCommand
{
    public static Command Create(TextWriter output, TextWriter error)
    {
        var path = new Argument<string>("policy") { Description = "Run folder, or a policy folder such as <run>/best." };
        var episodes = new Option<string>("--episodes") { Description = "Episodes to play.", DefaultValueFactory = _ => "100" };
        var seed = new Option<string>("--seed")
        {
            Description = "Seed of environment and sampling.",
            DefaultValueFactory = _ => "0",
        };
        var deterministic = new Option<bool>("--deterministic")
        {
            Description = "Take the most probable action instead of acting as in training.",
        };
        var environment = new Option<string?>("--environment") { Description = "Another environment with the same spaces." };
        var registry = new RegistryOptions();
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
        registry.AddTo(command);
        command.SetAction(
            (parsed, cancellationToken) =>
            {
                int count = (int)Numbers.Parse("--episodes", parsed.GetValue(episodes)!, 1, 100_000_000);
                ulong seedValue = Numbers.Parse("--seed", parsed.GetValue(seed)!, 0, ulong.MaxValue);
                using SavedPolicy policy = SavedPolicy.Load(PolicyFolder.Find(parsed.GetValue(path)!));
                EvaluationResult result = Evaluator.Evaluate(
                    policy,
                    parsed.GetValue(environment),
                    count,
                    seedValue,
                    parsed.GetValue(deterministic),
                    registry: registry.Registry(parsed, parsed.GetValue(environment)),
                    cancellationToken: cancellationToken,
                    warn: line => error.WriteLine("warning: " + ForeignText.Line(line))
                );
                string played = parsed.GetValue(environment) ?? Evaluator.EnvironmentOf(policy);
                double? humanNormalized =
                    AtariGames.WithWholeGames(played) == played
                        ? AtariGames.Find(played)?.HumanNormalized(result.MeanReturn)
                        : null; // published scores are of whole games
                if (parsed.GetValue(json))
                {
                    JsonObject node = RunSummary.ToNode(result);
                    node["environment"] = played;
                    if (humanNormalized is not null)
                    {
                        node["human_normalized"] = humanNormalized;
                    }
                    node["agent"] = policy.Info.Agent;
                    output.WriteLine(node.ToJsonString());
                }
                else
                {
                    Tables.Print(output, EvaluationTable.Create(result, humanNormalized));
                }
                return Task.FromResult(ExitCodes.Done);
            }
        );
        return command;
    }
}
