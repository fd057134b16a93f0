using System.CommandLine;
using System.Text.Json.Nodes;
using Cli.Options;
using Cli.Output;
using Environments;
using Environments.Rendering.Terminal;
using Environments.Wrappers;

namespace Cli.Commands.Runs;

/// <summary><c>agents play</c>.</summary>
internal sealed class PlayCommand(TextWriter output)
{
    private readonly Argument<string> _id = new("environment")
    {
        Description = "Environment id with a discrete action, such as CartPole-v1.",
    };
    private readonly Option<string> _seed = new("--seed")
    {
        Description = "Seed of the first episode.",
        DefaultValueFactory = _ => "0",
    };
    private readonly RegistryOptions _registry = new();
    private readonly Option<bool> _json = JsonOption.Create();

    /// <summary>The command.</summary>
    public static Command Create(TextWriter output) => new PlayCommand(output).Build();

    private Command Build()
    {
        var command = new Command(
            "play",
            """
            Lets you play a task at the terminal: each key is one step, q quits.

            Shows pictures where the terminal has 24-bit colours (COLORTERM=truecolor), observations as text elsewhere.

            Examples:
              agents play CartPole-v1
              agents play MountainCar-v0 --seed 3
            """
        )
        {
            _id,
            _seed,
            _json,
        };
        _registry.AddTo(command);
        command.SetAction(Run);
        return command;
    }

    private void Run(ParseResult parsed)
    {
        string wanted = parsed.GetValue(_id)!;
        using IBatchedEnvironment environment = _registry.Registry(parsed, wanted).Make(wanted);
        ulong first = Numbers.Parse("--seed", parsed.GetValue(_seed)!, 0, ulong.MaxValue);
        if (Console.IsInputRedirected)
        {
            throw new NotSupportedException("'agents play' reads keys from a terminal, and standard input is none.");
        }
        var player = new TerminalPlayer(output, () => Console.ReadKey(intercept: true), Terminal.PictureSize(output));
        IReadOnlyList<EpisodeResult> episodes = player.Play(environment, first);
        if (parsed.GetValue(_json))
        {
            JsonNode[] nodes =
            [
                .. episodes.Select(episode => new JsonObject { ["return"] = episode.Return, ["length"] = episode.Length }),
            ];
            output.WriteLine(new JsonObject { ["episodes"] = new JsonArray(nodes) }.ToJsonString());
        }
        else
        {
            for (int i = 0; i < episodes.Count; i++)
            {
                output.WriteLine($"Episode {i + 1}: return {Tables.Number(episodes[i].Return)} in {episodes[i].Length} steps");
            }
        }
    }
}
