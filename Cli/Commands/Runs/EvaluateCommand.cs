using System.CommandLine;
using System.Text.Json.Nodes;
using Agents.Policies;
using Cli.Options;
using Cli.Output;
using Cli.Processes;
using Environments.Atari;
using Learners.Evaluation;
using Learners.Skills;
using Learners.Training;
using Protos.Foreign;

namespace Cli.Commands.Runs;

/// <summary><c>agents evaluate</c>.</summary>
internal sealed class EvaluateCommand(TextWriter output, TextWriter error)
{
    private readonly Argument<string> _path = new("policy")
    {
        Description = "Run folder, or a policy folder such as <run>/best.",
    };
    private readonly Option<string> _episodes = new("--episodes")
    {
        Description = "Episodes to play.",
        DefaultValueFactory = _ => "100",
    };
    private readonly Option<string> _seed = new("--seed")
    {
        Description = "Seed of environment and sampling.",
        DefaultValueFactory = _ => "0",
    };
    private readonly Option<bool> _deterministic = new("--deterministic")
    {
        Description = "Take the most probable action instead of acting as in training.",
    };
    private readonly Option<string?> _environment = new("--environment")
    {
        Description = "Another environment with the same spaces.",
    };
    private readonly Option<string?> _skill = SkillOption.Create();
    private readonly RegistryOptions _registry = new();
    private readonly Option<bool> _json = JsonOption.Create();

    /// <summary>The command.</summary>
    public static Command Create(TextWriter output, TextWriter error) => new EvaluateCommand(output, error).Build();

    private Command Build()
    {
        var command = new Command(
            "evaluate",
            """
            Plays whole episodes with a saved policy and prints their returns; of a skill of 'agents discover' also what it reaches.

            Examples:
              agents evaluate runs/CartPole-v1/ppo/20260101-120000-1
              agents evaluate runs/CartPole-v1/ppo/20260101-120000-1/best --episodes 1000 --deterministic --json
              agents evaluate runs/MountainCar-v0/discover/20260101-120000-1/skills/003
            """
        )
        {
            _path,
            _episodes,
            _seed,
            _deterministic,
            _environment,
            _skill,
            _json,
        };
        _registry.AddTo(command);
        command.SetAction(RunAsync);
        return command;
    }

    private Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        int count = (int)Numbers.Parse("--episodes", parsed.GetValue(_episodes)!, 1, 100_000_000);
        ulong seedValue = Numbers.Parse("--seed", parsed.GetValue(_seed)!, 0, ulong.MaxValue);
        using SavedPolicy policy = SavedPolicy.Load(parsed.GetValue(_path)!);
        EvaluationResult result = Evaluator.Evaluate(
            policy,
            parsed.GetValue(_environment),
            count,
            seedValue,
            parsed.GetValue(_deterministic),
            registry: _registry.Registry(parsed, parsed.GetValue(_environment)),
            cancellationToken: cancellationToken,
            warn: line => error.WriteLine("warning: " + ForeignText.Line(line)),
            skill: SkillOption.Of(parsed, _skill)
        );
        string played = parsed.GetValue(_environment) ?? Evaluator.EnvironmentOf(policy);
        double? humanNormalized =
            AtariGames.WithWholeGames(played) == played ? AtariGames.Find(played)?.HumanNormalized(result.MeanReturn) : null; // published scores are of whole games
        SkillEvaluation? skill =
            SkillEvaluator.IsSkill(parsed.GetValue(_path)!) && parsed.GetValue(_environment) is null
                ? SkillEvaluator.Evaluate(
                    parsed.GetValue(_path)!,
                    seedValue,
                    _registry.Registry(parsed).ForForeignIds,
                    cancellationToken
                )
                : null;
        if (parsed.GetValue(_json))
        {
            JsonObject node = RunSummary.ToNode(result);
            node["environment"] = played;
            if (humanNormalized is not null)
            {
                node["human_normalized"] = humanNormalized;
            }
            node["agent"] = policy.Info.Agent;
            if (skill is not null)
            {
                node["skill"] = skill.ToNode();
            }
            output.WriteLine(node.ToJsonString());
        }
        else
        {
            Tables.Print(output, EvaluationTable.Create(result, humanNormalized));
            if (skill is not null)
            {
                Tables.Print(output, EvaluationTable.Of(skill));
            }
        }
        return Task.FromResult(ExitCodes.Done);
    }
}
