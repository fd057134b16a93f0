using System.CommandLine;
using System.Text.Json.Nodes;
using Agents.Policies;
using Agents.Yaml;
using Cli.Options;
using Cli.Output;
using Cli.Processes;
using Environments.Wrappers;
using Learners.Evaluation;
using Learners.Skills;
using Protos.Foreign;

namespace Cli.Commands.Runs;

/// <summary><c>agents record</c>.</summary>
internal sealed class RecordCommand(TextWriter output)
{
    private readonly Argument<string> _path = new("policy")
    {
        Description =
            "Run folder, a policy folder such as <run>/best, or the folder of a discovery, of which all skills are filmed.",
    };
    private readonly Option<string> _file = new("--out")
    {
        Description =
            "File to write: .gif, .mp4 (needs ffmpeg) or .png (the first picture). Of a discovery a folder, its own 'pictures' unless named.",
        DefaultValueFactory = _ => "episode.gif",
    };
    private readonly Option<string> _episodes = new("--episodes")
    {
        Description = "Episodes to play.",
        DefaultValueFactory = _ => "1",
    };
    private readonly Option<string> _seed = new("--seed")
    {
        Description = "Seed of environment and sampling.",
        DefaultValueFactory = _ => "0",
    };
    private readonly Option<string?> _speed = new("--fps")
    {
        Description = "Pictures per second. Default: the environment's own speed.",
    };
    private readonly Option<bool> _deterministic = new("--deterministic")
    {
        Description = "Take the most probable action instead of acting as in training.",
    };
    private readonly Option<string> _scale = new("--scale")
    {
        Description = "Size of the picture relative to the environment's own.",
        DefaultValueFactory = _ => "1",
    };
    private readonly Option<string?> _environment = new("--environment")
    {
        Description = "Another environment with the same spaces.",
    };
    private readonly Option<string?> _skill = SkillOption.Create();
    private readonly RegistryOptions _registry = new();
    private readonly Option<bool> _json = JsonOption.Create();

    /// <summary>The command.</summary>
    public static Command Create(TextWriter output) => new RecordCommand(output).Build();

    private Command Build()
    {
        var command = new Command(
            "record",
            """
            Plays episodes with a saved policy and films them, with the score below the picture.

            Examples:
              agents record runs/CartPole-v1/ppo/20260101-120000-1
              agents record runs/CartPole-v1/ppo/20260101-120000-1/best --out pole.mp4 --episodes 3 --deterministic
              agents record runs/MountainCar-v0/discover/20260101-120000-1
            """
        )
        {
            _path,
            _file,
            _episodes,
            _seed,
            _speed,
            _deterministic,
            _scale,
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
        var options = new RecordingOptions
        {
            Environment = parsed.GetValue(_environment),
            Episodes = (int)Numbers.Parse("--episodes", parsed.GetValue(_episodes)!, 1, 1_000_000),
            Seed = Numbers.Parse("--seed", parsed.GetValue(_seed)!, 0, ulong.MaxValue),
            Deterministic = parsed.GetValue(_deterministic),
            Skill = SkillOption.Of(parsed, _skill),
            FramesPerSecond = parsed.GetValue(_speed) is { } text ? Numbers.ParseReal("--fps", text, 0.1, 240) : null,
            Scale = Numbers.ParseReal("--scale", parsed.GetValue(_scale)!, 0.01, 100),
            Registry = _registry.Registry(parsed, parsed.GetValue(_environment)),
        };
        if (DiscoveryFolder.IsOne(parsed.GetValue(_path)!))
        {
            RecordSkills(parsed, options, cancellationToken);
            return Task.FromResult(ExitCodes.Done);
        }
        using SavedPolicy policy = SavedPolicy.Load(parsed.GetValue(_path)!);
        RecordingResult result = EpisodeRecorder.Record(policy, parsed.GetValue(_file)!, options, cancellationToken);
        Print(output, result, parsed.GetValue(_json));
        return Task.FromResult(ExitCodes.Done);
    }

    // A film of each skill, and a sheet of all.
    private void RecordSkills(ParseResult parsed, RecordingOptions options, CancellationToken cancellationToken)
    {
        string folder = parsed.GetValue(_path)!;
        string target = parsed.GetResult(_file) is { Implicit: false }
            ? parsed.GetValue(_file)!
            : Path.Combine(folder, "pictures");
        if (Path.GetExtension(target).Length > 0)
        {
            throw new SettingsException(
                $"--out is '{target}', and of a discovery a sheet and a film of each skill are written. Name a folder."
            );
        }
        DiskFailure.CreateFolder(target);
        var files = new List<string>();
        int skills = SkillSheet.Write(
            folder,
            Add("sheet.png"),
            seed: options.Seed,
            registry: options.Registry.ForForeignIds,
            cancellationToken: cancellationToken
        );
        foreach (string skill in new DiscoveryFolder(folder).Skills())
        {
            using var policy = SavedPolicy.Load(skill);
            EpisodeRecorder.Record(policy, Add($"skill-{Path.GetFileName(skill)}.gif"), options, cancellationToken);
        }
        if (parsed.GetValue(_json))
        {
            var paths = new JsonArray([.. files.Select(file => (JsonNode)Path.GetFullPath(file))]);
            output.WriteLine(new JsonObject { ["skills"] = skills, ["files"] = paths }.ToJsonString());
            return;
        }
        output.WriteLine($"{files[0]}: a row for each of {skills} skills, from the reset to where it ends");
        output.WriteLine($"{target}: a film of each skill, skill-000.gif and so on");

        string Add(string name)
        {
            files.Add(Path.Combine(target, name));
            return files[^1];
        }
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
