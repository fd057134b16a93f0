using System.CommandLine;
using System.Globalization;
using Agents.Yaml;
using Cli.Options;
using Cli.Output;
using Cli.Processes;
using Fleet;
using Learners.Skills;
using Protos.Foreign;
using Spectre.Console;
using YamlDotNet.RepresentationModel;

namespace Cli.Commands.Runs;

/// <summary><c>agents discover</c>.</summary>
internal sealed class DiscoverCommand(TextWriter output, TextWriter error)
{
    private readonly Argument<string?> _environment = new("environment")
    {
        Description = "Environment to explore, such as MountainCar-v0. Default: that of --config.",
        Arity = ArgumentArity.ZeroOrOne,
    };
    private readonly Option<string?> _agent = new("--agent") { Description = "Agent that learns each skill. Default: ppo." };
    private readonly Option<string?> _skills = new("--skills") { Description = "Skills to learn. Default: 20." };
    private readonly Option<string?> _steps = new("--steps")
    {
        Description = "Environment steps of each skill. Default: as many as a run of the agent has.",
    };
    private readonly Option<string?> _seed = new("--seed") { Description = "Seed of everything. Default: 1." };
    private readonly Option<string?> _config = new("--config") { Description = "YAML file with settings; see docs/skills.md." };
    private readonly Option<string[]> _set = new("--set")
    {
        Description =
            "One setting, key=value, such as guide_steps=100, reward.target=0.05 or settings.ppo.copies=32; may be repeated.",
        AllowMultipleArgumentsPerToken = true,
    };
    private readonly Option<string?> _out = new("--out")
    {
        Description = "Folder of the discovery; the same folder goes on. Default: runs/<environment>/discover/<time>-<seed>.",
    };
    private readonly Option<string?> _resume = new("--resume")
    {
        Description = "Folder of a discovery to go on with; of its settings only --skills may change.",
    };
    private readonly ListenOptions _listen = new(null, "Learn each skill from actors that join at this address", "actors");
    private readonly Option<bool> _json = JsonOption.Create();
    private readonly RegistryOptions _registry = new();

    /// <summary>The command.</summary>
    public static Command Create(TextWriter output, TextWriter error) => new DiscoverCommand(output, error).Build();

    private Command Build()
    {
        var command = new Command(
            "discover",
            """
            Discovers skills without rewards: each skill is a policy that a neural network rewards, which is then taught to like what lies beyond it.

            Every skill is a run that evaluate, record and --init-from of train take. Ctrl-C saves; --resume goes on, also after a kill.

            Examples:
              agents discover MountainCar-v0 --skills 20 --steps 200000
              agents discover GridWorld/OpenEndedMaze16-v0 --config maze.yaml --seed 3
              agents discover MountainCar-v0 --listen http://127.0.0.1:5051                (then, elsewhere: agents actor)
              agents discover --resume runs/MountainCar-v0/discover/20260101-120000-1 --skills 40
              agents record runs/MountainCar-v0/discover/20260101-120000-1
              agents train MountainCar-v0 --init-from runs/MountainCar-v0/discover/20260101-120000-1      (the skill that does best)
              agents train MountainCar-v0 --init-from runs/MountainCar-v0/discover/20260101-120000-1/skills/012
            """
        )
        {
            _environment,
            _agent,
            _skills,
            _steps,
            _seed,
            _config,
            _set,
            _out,
            _resume,
            _json,
        };
        _listen.AddTo(command);
        _registry.AddTo(command);
        command.SetAction(RunAsync);
        return command;
    }

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        string? environment = parsed.GetValue(_environment);
        string? resumed = parsed.GetValue(_resume);
        DiscoverySettings settings = resumed is null ? New(parsed) : Resumed(parsed, resumed);
        var reporter = new DiscoveryReporter(error);
        ISkillRuns? runs = Fleet(parsed, environment, reporter);
        DiscoveryResult result = await reporter
            .ShowAsync(progress =>
                SkillDiscovery.RunAsync(
                    settings,
                    new DiscoveryOptions
                    {
                        OutputFolder = resumed ?? parsed.GetValue(_out),
                        Progress = progress,
                        Warn = line => error.WriteLine("warning: " + ForeignText.Line(line)),
                        Registry = environment is null
                            ? _registry.Registry(parsed).ForForeignIds
                            : _registry.Registry(parsed, environment),
                        Agents = _registry.Agents(parsed),
                        Runs = runs,
                    },
                    cancellationToken
                )
            )
            .ConfigureAwait(false);
        if (result.Interrupted)
        {
            error.WriteLine(
                $"Interrupted after {result.Skills.Count} skills; everything is saved. Continue with: {NextCommand.Of(["discover", "--resume", NextCommand.Relative(result.Folder), .. _listen.NextWords(parsed), .. _registry.NextWords(parsed, environment)])}"
            );
        }
        Print(result, parsed.GetValue(_json), _registry.NextWords(parsed, environment));
        return result.Interrupted ? ExitCodes.Interrupted : ExitCodes.Done;
    }

    private FleetSkillRuns? Fleet(ParseResult parsed, string? environment, DiscoveryReporter reporter)
    {
        bool isTold = false;
        return _listen.ReadGiven(parsed) is { } fleet ? new FleetSkillRuns(fleet with { Listening = Tell }) : null;

        void Tell(string address)
        {
            if (!isTold)
            {
                isTold = true;
                reporter.WriteLine(
                    $"Waiting for actors, which stay for all skills. Start them with: {NextCommand.Of(["actor", "--learner", address, .. _registry.NextWords(parsed, environment)])}"
                );
            }
        }
    }

    private DiscoverySettings New(ParseResult parsed)
    {
        string? file = parsed.GetValue(_config);
        YamlMappingNode root = file is null ? [] : DiscoverySettings.ReadFile(file);
        foreach (string assignment in parsed.GetValue(_set) ?? [])
        {
            StrictYaml.Assign(root, assignment);
        }
        Lay("environment", parsed.GetValue(_environment));
        Lay("agent", parsed.GetValue(_agent));
        Lay("skills", parsed.GetValue(_skills));
        Lay("steps_per_skill", parsed.GetValue(_steps));
        Lay("seed", parsed.GetValue(_seed));
        return StrictYaml.Bind<DiscoverySettings>(root, file ?? "settings");

        void Lay(string key, string? value)
        {
            if (value is not null)
            {
                root.Children[key] = value;
            }
        }
    }

    private DiscoverySettings Resumed(ParseResult parsed, string folder)
    {
        Option[] others = [_agent, _steps, _seed, _config, _set, _out];
        string[] given =
        [
            .. parsed.GetValue(_environment) is null ? (string[])[] : ["the environment"],
            .. others.Where(option => parsed.GetResult(option) is { Implicit: false }).Select(option => option.Name),
        ];
        if (given.Length > 0)
        {
            throw new SettingsException(
                $"A discovery goes on with its own settings, so {string.Join(" and ", given)} cannot be given with --resume. Leave them out, or begin a new discovery."
            );
        }
        DiscoverySettings settings = SkillDiscovery.SettingsOf(folder);
        if (parsed.GetValue(_skills) is not { } skills)
        {
            return settings;
        }
        YamlMappingNode root = StrictYaml.Parse(StrictYaml.Write(settings), folder);
        root.Children["skills"] = skills;
        return StrictYaml.Bind<DiscoverySettings>(root, "--skills");
    }

    private void Print(DiscoveryResult result, bool json, IReadOnlyList<string> words)
    {
        if (json)
        {
            output.WriteLine(result.ToNode().ToJsonString());
            return;
        }
        if (result.Skills.Count == 0)
        {
            return;
        }
        DiagnosticWriter.Try(() =>
        {
            Tables.Print(output, TableOf(result));
            output.WriteLine($"Skills: {NextCommand.Relative(Path.Combine(result.Folder, DiscoveryFolder.SkillsName))}");
            output.WriteLine($"See them with: {NextCommand.Of(["record", NextCommand.Relative(result.Folder), .. words])}");
        });
    }

    private static Table TableOf(DiscoveryResult result)
    {
        string[] tracks = [.. result.Skills[0].Tracks.Keys];
        bool hasDepth = !double.IsNaN(result.Skills[0].Depth);
        Table table = Tables.Create([
            "skill",
            "states",
            "new",
            "states of all",
            "network's reward",
            "task's return",
            "largest",
            .. hasDepth ? ["depth"] : (string[])[],
            .. tracks,
        ]);
        foreach (SkillRecord skill in result.Skills)
        {
            table.AddRow([
                $"{skill.Skill}",
                Tables.Number(skill.Cells),
                skill.Novelty.ToString("0 %", CultureInfo.InvariantCulture),
                Tables.Number(skill.TotalCells),
                Tables.Number(skill.NetworkReward),
                Tables.Number(skill.TaskReturn),
                Tables.Number(skill.LargestTaskReturn),
                .. hasDepth ? [Tables.Number(skill.Depth)] : (string[])[],
                .. tracks.Select(name => Tables.Number(skill.Tracks[name])),
            ]);
        }
        return table;
    }
}
