using System.CommandLine;
using System.Text.Json.Nodes;
using Agents.Policies;
using Cli.Options;
using Cli.Output;
using Cli.Processes;
using Environments.Wrappers;
using Learners.Evaluation;
using Learners.Training;

namespace Cli.Commands.Runs;

/// <summary><c>agents record</c>.</summary>
internal static class RecordCommand
{
    public static Command Create(TextWriter output)
    {
        var path = new Argument<string>("policy") { Description = "Run folder, or a policy folder such as <run>/best." };
        var file = new Option<string>("--out")
        {
            Description = "File to write: .gif, .mp4 (needs ffmpeg) or .png (the first picture).",
            DefaultValueFactory = _ => "episode.gif",
        };
        var episodes = new Option<string>("--episodes") { Description = "Episodes to play.", DefaultValueFactory = _ => "1" };
        var seed = new Option<string>("--seed")
        {
            Description = "Seed of environment and sampling.",
            DefaultValueFactory = _ => "0",
        };
        var speed = new Option<string?>("--fps") { Description = "Pictures per second. Default: the environment's own speed." };
        var deterministic = new Option<bool>("--deterministic")
        {
            Description = "Take the most probable action instead of acting as in training.",
        };
        var scale = new Option<string>("--scale")
        {
            Description = "Size of the picture relative to the environment's own.",
            DefaultValueFactory = _ => "1",
        };
        var environment = new Option<string?>("--environment") { Description = "Another environment with the same spaces." };
        var registry = new RegistryOptions();
        Option<bool> json = JsonOption.Create();
        var command = new Command(
            "record",
            """
            Plays episodes with a saved policy and films them, with the score below the picture.

            Examples:
              agents record runs/CartPole-v1/ppo/20260101-120000-1
              agents record runs/CartPole-v1/ppo/20260101-120000-1/best --out pole.mp4 --episodes 3 --deterministic
            """
        )
        {
            path,
            file,
            episodes,
            seed,
            speed,
            deterministic,
            scale,
            environment,
            json,
        };
        registry.AddTo(command);
        command.SetAction(
            (parsed, cancellationToken) =>
            {
                var options = new RecordingOptions
                {
                    Environment = parsed.GetValue(environment),
                    Episodes = (int)Numbers.Parse("--episodes", parsed.GetValue(episodes)!, 1, 1_000_000),
                    Seed = Numbers.Parse("--seed", parsed.GetValue(seed)!, 0, ulong.MaxValue),
                    Deterministic = parsed.GetValue(deterministic),
                    FramesPerSecond = parsed.GetValue(speed) is { } text ? Numbers.ParseReal("--fps", text, 0.1, 240) : null,
                    Scale = Numbers.ParseReal("--scale", parsed.GetValue(scale)!, 0.01, 100),
                    Registry = registry.Registry(parsed, parsed.GetValue(environment)),
                };
                using SavedPolicy policy = SavedPolicy.Load(PolicyFolder.Find(parsed.GetValue(path)!));
                RecordingResult result = EpisodeRecorder.Record(policy, parsed.GetValue(file)!, options, cancellationToken);
                Print(output, result, parsed.GetValue(json));
                return Task.FromResult(ExitCodes.Done);
            }
        );
        return command;
    }

    private static void Print(TextWriter output, RecordingResult result, bool json)
    {
        if (json)
        {
            var episodes = new JsonArray([.. result.Episodes.Select(ToJson)]);
            output.WriteLine(
                new JsonObject
                {
                    ["file"] = Path.GetFullPath(result.Path),
                    ["frames"] = result.Frames,
                    ["width"] = result.Width,
                    ["height"] = result.Height,
                    ["fps"] = result.FramesPerSecond,
                    ["episodes"] = episodes,
                }.ToJsonString()
            );
            return;
        }
        for (int i = 0; i < result.Episodes.Count; i++)
        {
            EpisodeResult episode = result.Episodes[i];
            output.WriteLine($"Episode {i + 1}: return {Tables.Number(episode.Return)} in {Tables.Number(episode.Length)} steps");
        }
        output.WriteLine(
            $"{result.Path}: {result.Frames} pictures of {result.Width} × {result.Height}, {Tables.Number(result.FramesPerSecond)} a second"
        );
    }

    private static JsonNode ToJson(EpisodeResult episode) =>
        new JsonObject { ["return"] = episode.Return, ["length"] = episode.Length };
}
