using System.CommandLine;
using System.CommandLine.Completions;
using Agents.Networks.Cores;
using Agents.Yaml;
using Environments;
using Fleet.Offline;
using Learners.Composition;
using Learners.Configuration;
using Learners.Runs;
using Learners.Training;
using Protos.Foreign;
using Studies.Execution;
using YamlDotNet.RepresentationModel;

namespace Cli.Options;

/// <summary>The options that say what a run trains, as <c>train</c> and <c>learner</c> have them.</summary>
internal sealed class RunSettingsOptions
{
    private readonly Argument<string?> _environment = new("environment")
    {
        Description = "Environment id, such as CartPole-v1; 'agents environments' lists all.",
        HelpName = "environment", // else help lists every id that completion knows
        Arity = ArgumentArity.ZeroOrOne,
    };

    private readonly AgentOption _agent;

    private readonly Option<string?> _core = new("--core")
    {
        Description =
            $"Memory: {string.Join(", ", MemoryCores.All.Select(core => core.Name))}; its sizes are settings. Default: as tuned, else identity, which is none.",
    };

    private readonly Option<string?> _engine = new("--engine")
    {
        Description = "Who computes gradients: auto (default), managed (plain C#) or torch (TorchSharp).",
    };

    private readonly Option<string?> _steps = new("--steps")
    {
        Description = "Environment steps of the run, such as 100000 or 1e6.",
    };

    private readonly Option<string?> _seed = new("--seed")
    {
        Description = "Seed of the run; the same seed gives the same policy.",
    };

    private readonly Option<string?> _folder = new("--out")
    {
        Description = "Run folder. Default: runs/<environment>/<agent>/<time>-<seed>.",
    };

    private readonly Option<string?> _config = new("--config")
    {
        Description = "YAML file of settings, laid over the tuned ones.",
    };

    private readonly CurriculumOption _curriculum = new();

    private readonly Option<string[]> _set = new("--set")
    {
        Description = "One setting, key=value, such as ppo.learning_rate=3e-4; may be repeated.",
        AllowMultipleArgumentsPerToken = true,
    };

    private readonly Option<string?> _resume = new("--resume")
    {
        Description = "Run folder to continue from its newest checkpoint.",
    };

    private readonly InitialPolicyOptions _initial = new();

    private readonly RegistryOptions _registry = new();

    private readonly bool _isFleet;

    /// <summary>Options of a command.</summary>
    /// <param name="defaultAgent">The agent where nobody names one.</param>
    /// <param name="isFleet">Whether unrolls come from actors.</param>
    public RunSettingsOptions(string defaultAgent, bool isFleet)
    {
        _isFleet = isFleet;
        _agent = new AgentOption(defaultAgent);
    }

    /// <summary>Adds them to a command.</summary>
    public void AddTo(Command command)
    {
        _environment.CompletionSources.Add(_ => EnvironmentRegistry.Default.Specs.Select(spec => new CompletionItem(spec.Id)));
        command.Add(_environment);
        command.Add(_agent);
        command.Add(_core);
        command.Add(_engine);
        command.Add(_steps);
        command.Add(_seed);
        command.Add(_folder);
        command.Add(_config);
        _curriculum.AddTo(command);
        command.Add(_set);
        command.Add(_resume);
        _initial.AddTo(command);
        _registry.AddTo(command);
    }

    /// <summary>The run to continue; null for a new one.</summary>
    public string? Resumed(ParseResult parsed)
    {
        string? run = parsed.GetValue(_resume);
        string? id = parsed.GetValue(_environment);
        string? file = parsed.GetValue(_config);
        if (run is null && id is null && file is null)
        {
            throw new SettingsException("What should be trained? Name an environment, such as CartPole-v1.");
        }
        if (
            run is not null
            && (
                id
                ?? parsed.GetValue(_agent)
                ?? parsed.GetValue(_core)
                ?? _curriculum.File(parsed)
                ?? parsed.GetValue(_folder)
                ?? file
            )
                is not null
        )
        {
            throw new SettingsException(
                "--resume takes environment, agent, core, curriculum and folder from the run; leave them out. --steps and --set work."
            );
        }
        string? initial = _initial.Policy(parsed);
        if (run is not null && (initial is not null || _initial.Redraws(parsed)))
        {
            throw new SettingsException(
                "--resume continues a run from its own checkpoint, and --init-from begins a new one. Leave one of them out."
            );
        }
        if (initial is null && file is null && _initial.Redraws(parsed))
        {
            throw new SettingsException(
                "--redraw-heads says what becomes of heads of another policy; name the policy with --init-from."
            );
        }
        return run;
    }

    /// <summary>Folder of a new run; null for the default.</summary>
    public string? Folder(ParseResult parsed) => parsed.GetValue(_folder);

    /// <summary>Checks that an existing run is the one that the command line describes, before it is continued.</summary>
    /// <exception cref="SettingsException">It trains another environment, or another agent than the one named.</exception>
    public void RequireSame(ParseResult parsed, string folder)
    {
        TrainingSettings stored = SettingsSources.Read(new RunFolder(folder).Config, [], _registry.Agents(parsed));
        if (
            _initial.Policy(parsed) is { } initial
            && (stored.InitialPolicy is not { } begun || Path.GetFullPath(begun.Path) != Path.GetFullPath(initial))
        )
        {
            throw new SettingsException(
                $"'{folder}' holds a run that began with {stored.InitialPolicy?.Path ?? "fresh parameters"}, not with {initial}. Choose another --out, or leave --init-from out."
            );
        }
        foreach (
            (string? wanted, string found) in ((string?, string)[])
                [(parsed.GetValue(_environment), stored.Environment), (parsed.GetValue(_agent), stored.AgentName)]
        )
        {
            if (wanted is not null && wanted != found)
            {
                throw new SettingsException(
                    $"'{folder}' holds a run of {stored.AgentName} on {stored.Environment}, not of {wanted}. Choose another --out, or leave out what differs."
                );
            }
        }
    }

    /// <summary>Options that the next command with the run needs: assemblies, and what the run's environment may ask for.</summary>
    public IReadOnlyList<string> NextWords(ParseResult parsed) => _registry.NextWords(parsed, Typed(parsed));

    /// <summary>Where the run writes and whom it tells.</summary>
    public TrainingOptions Options(ParseResult parsed, IProgress<TrainingProgress> progress, TextWriter error) =>
        JournalUnrolls.Read(
            new TrainingOptions
            {
                OutputFolder = Folder(parsed),
                Progress = progress,
                Warn = line => error.WriteLine("warning: " + ForeignText.Line(line)),
                Registry = _registry.Registry(parsed, Typed(parsed)),
                Agents = _registry.Agents(parsed),
            }
        );

    /// <summary>Single values, <c>key=value</c>.</summary>
    public List<string> Assignments(ParseResult parsed)
    {
        List<string> assignments = [.. _curriculum.Assignments(parsed, AgentOf(parsed)), .. parsed.GetValue(_set) ?? []];
        Add("total_steps", parsed.GetValue(_steps));
        Add("network.core", parsed.GetValue(_core));
        Add("engine", parsed.GetValue(_engine));
        Add("seed", parsed.GetValue(_seed));
        return assignments;

        void Add(string key, string? value)
        {
            if (value is not null)
            {
                assignments.Add($"{key}={value}");
            }
        }
    }

    // As it is written in keys; names are found in any case.
    private string AgentOf(ParseResult parsed)
    {
        string given = parsed.GetValue(_agent) ?? CurriculumOption.AgentIn(parsed.GetValue(_config)) ?? _agent.Usual;
        return _registry.Agents(parsed).Names.FirstOrDefault(name => name.Equals(given, StringComparison.OrdinalIgnoreCase))
            ?? given;
    }

    private string?[] Typed(ParseResult parsed) => [parsed.GetValue(_environment), Assigned(parsed, "environment")];

    private string? Assigned(ParseResult parsed, string key) =>
        (parsed.GetValue(_set) ?? [])
            .LastOrDefault(assignment => assignment.StartsWith(key + "=", StringComparison.Ordinal))
            ?[(key.Length + 1)..];

    /// <summary>Settings of a new run.</summary>
    public TrainingSettings Settings(ParseResult parsed, IReadOnlyList<string> assignments)
    {
        string? file = parsed.GetValue(_config);
        string? agent = parsed.GetValue(_agent) ?? (file is null ? _agent.Usual : null);
        assignments = [.. assignments, .. _initial.Assignments(parsed)]; // not among the others: a run that is continued has begun already
        return SettingsSources.Load(parsed.GetValue(_environment), agent, file, assignments, _registry.Agents(parsed), _isFleet);
    }

    /// <summary>A grid over the values of which the command line lists several; null where it lists none.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="seeds">Seeds of each combination; null for one.</param>
    /// <exception cref="SettingsException">It does not go with another option.</exception>
    public StudySettings? Grid(ParseResult parsed, IReadOnlyList<ulong>? seeds)
    {
        List<string> assignments = Assignments(parsed);
        if (VariedSettings.Find(assignments) is not { Children.Count: > 0 } space)
        {
            return null;
        }
        if ((parsed.GetValue(_resume) ?? _initial.Policy(parsed)) is not null)
        {
            throw new SettingsException(
                $"--set lists several values of {space.Children.First().Key}, which makes a sweep, and a sweep does not go with --resume or --init-from. Give one value, or leave the option out."
            );
        }
        string? file = parsed.GetValue(_config);
        YamlMappingNode settings = file is null ? [] : StrictYaml.ReadFile(file, StrictYaml.SettingsFile);
        foreach (string assignment in assignments.Where(assignment => !VariedSettings.IsVaried(assignment)))
        {
            StrictYaml.Assign(settings, assignment);
        }
        string? Take(string key) => settings.Children.Remove(key, out YamlNode? node) ? node.ToString() : null;
        string? environment = parsed.GetValue(_environment) ?? Take("environment");
        string? agent = parsed.GetValue(_agent) ?? Take("agent");
        string? seed = Take("seed");
        string? steps = Take("total_steps");
        ulong first = seeds is null
            ? seed is null
                ? 1
                : Numbers.Parse("--seed", seed, 0, 1_000_000_000)
            : seeds.Min();
        return seeds is not null && seeds.Max() - first + 1 != (ulong)seeds.Count
            ? throw new SettingsException("--seeds of a sweep are a range without gaps, such as 1-5.")
            : StrictYaml.Bind(
                new StudySettings
                {
                    Environment =
                        environment
                        ?? throw new SettingsException("What should be trained? Name an environment, such as CartPole-v1."),
                    Agent = agent ?? _agent.Usual,
                    FirstSeed = (int)first,
                    Seeds = seeds?.Count ?? 1,
                    EvaluationEpisodes = new EvaluationSettings().FinalEpisodes,
                    Settings = settings,
                    Space = space,
                },
                steps is null ? [] : new YamlMappingNode("total_steps", steps),
                "the command line"
            );
    }
}
