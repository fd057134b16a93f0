using Agents.Yaml;
using Environments;
using Learners.Composition;
using Learners.Configuration;
using Learners.Training;
using Studies.Legs;
using Studies.Trials;
using YamlDotNet.Core.Events;
using YamlDotNet.RepresentationModel;

namespace Studies.Execution;

/// <summary>A study whose settings were tried: every choice and both ends of every range are possible.</summary>
internal sealed class StudyPlan
{
    /// <summary>Name of the folder of trials in that of a study.</summary>
    public const string TrialsName = "trials";

    private readonly AgentRegistry _agents;
    private readonly string _source;

    private StudyPlan(StudySettings settings, AgentRegistry agents, string source, SearchSpace space)
    {
        Settings = settings;
        Space = space;
        _agents = agents;
        _source = source;
    }

    /// <summary>What the file says, with the environment's id in full.</summary>
    public StudySettings Settings { get; private init; }

    /// <summary>Settings that are varied.</summary>
    public SearchSpace Space { get; }

    /// <summary>Environment steps of a whole run.</summary>
    public long TotalSteps { get; private init; }

    /// <summary>What its controller is told.</summary>
    public StudyOutline Outline => new(Space, TotalSteps, (ulong)Settings.FirstSeed, Settings.Seeds, Settings.DrawSeed);

    /// <summary>Decides what is trained.</summary>
    public IStudyController Controller { get; private set; } = null!;

    /// <summary>Tries the settings of a study.</summary>
    /// <param name="settings">What the file says.</param>
    /// <param name="options">Where environments and agents are looked up.</param>
    /// <param name="source">Where the settings come from, for messages.</param>
    /// <exception cref="SettingsException">A setting is not possible.</exception>
    /// <exception cref="UnknownNameException">The environment is unknown.</exception>
    public static StudyPlan Create(StudySettings settings, TrainingOptions options, string source)
    {
        string environment = options.Registry.Find(settings.Environment).Id;
        settings = settings with { Environment = environment };
        var space = SearchSpace.Read(settings.Space, source);
        RequireOwnKeys(settings, space, source);
        if (
            !settings.Method.IsPopulation
            && space.Parameters.FirstOrDefault(one => one.Step > 0 || one.Start is not null) is { } moved
        )
        {
            throw new SettingsException(
                $"{source}: space.{moved.Key} has a step or a start, which members of a population have. Leave them out, or set method: population."
            );
        }
        var plan = new StudyPlan(settings, options.Agents, source, space);
        TrainingSettings[] corners = [.. space.Corners().Select(point => plan.SettingsOf(point, (ulong)settings.FirstSeed))];
        long total = corners[0].TotalSteps;
        plan = new StudyPlan(settings with { TotalSteps = total }, options.Agents, source, space) { TotalSteps = total };
        plan.Controller = settings.Method.Create(plan.Outline);
        if (settings.Method.IsPopulation)
        {
            plan.RequireChangeable(options);
        }
        return plan;
    }

    // What the study says itself would be written over whatever stands there.
    private static void RequireOwnKeys(StudySettings settings, SearchSpace space, string source)
    {
        string[] given =
        [
            .. settings.Settings.Children.Keys.Select(key => $"settings.{key}"),
            .. settings.Settings.Children.TryGetValue("evaluation", out YamlNode? evaluation)
            && evaluation is YamlMappingNode section
                ? section.Children.Keys.Select(key => $"settings.evaluation.{key}")
                : [],
            .. space.Parameters.Select(parameter => $"space.{parameter.Key}"),
        ];
        foreach (string key in given)
        {
            string name = key[(key.IndexOf('.', StringComparison.Ordinal) + 1)..];
            string? why = name switch
            {
                "environment" or "agent" or "fleet" => "a study trains one agent in one environment, in one process",
                "seed" =>
                    "every candidate has the seeds of the study: give seeds and first_seed, or --seeds 1-3 on the command line",
                "total_steps" => "all trials have one length: give total_steps, or --steps, with one value",
                "evaluation.final_episodes" => "the study scores its trials alike: give evaluation_episodes",
                "stop_at_return" when settings.Method.IsPopulation =>
                    "a member that stops before the others would be compared with them for ever: leave it out",
                _ => null,
            };
            if (why is not null)
            {
                throw new SettingsException($"{source}: {key} cannot be set or varied, since {why}.");
            }
        }
    }

    /// <summary>Resolved settings of a trial.</summary>
    /// <exception cref="SettingsException">A value is not possible.</exception>
    public TrainingSettings SettingsOf(SearchPoint values, ulong seed)
    {
        YamlMappingNode given = StrictYaml.Parse(
            """
            record_episodes: true
            environment_threads: 1
            evaluation: { episodes: 0 }
            checkpoints: { keep: 1 }
            """,
            _source
        );
        StrictYaml.Merge(given, Given(values));
        given.Children["seed"] = $"{seed}";
        StrictYaml.Assign(given, $"evaluation.final_episodes={Settings.EvaluationEpisodes}");
        try
        {
            return SettingsSources.Load(Settings.Environment, Settings.Agent, given, _source, _agents);
        }
        catch (SettingsException exception) when (Space.Parameters.Count > 0)
        {
            throw new SettingsException($"{exception.Message.TrimEnd('.')} (tried {values}).", exception);
        }
    }

    /// <summary>What a point adds to tuned settings, as <c>agents train --config</c> reads it.</summary>
    public YamlMappingNode Given(SearchPoint values)
    {
        YamlMappingNode given = StrictYaml.Parse(StrictYaml.Write(Settings.Settings), _source); // a copy
        given.Style = MappingStyle.Block;
        foreach (string assignment in values.Assignments)
        {
            StrictYaml.Assign(given, assignment);
        }
        given.Children["environment"] = Settings.Environment;
        given.Children["agent"] = Settings.Agent;
        if (Settings.TotalSteps is { } steps)
        {
            given.Children["total_steps"] = $"{steps}";
        }
        return given;
    }

    /// <summary>The order for a leg.</summary>
    public LegOrder OrderOf(Leg leg, StudyState state)
    {
        bool isMember = Settings.Method.IsPopulation;
        return new LegOrder
        {
            Number = leg.Number,
            IsRun = !isMember,
            Folder = FolderOf(leg),
            Begin = isMember && leg.Continues is { } begin ? FolderOf(state.Legs[begin].Leg) : null,
            CopyOf = leg.CopyOf is { } copied ? FolderOf(state.Legs[copied].Leg) : null,
            Config = SettingsSources.Write(SettingsOf(leg.Values, leg.Seed)),
            Changes = isMember ? [.. leg.Values.Assignments] : [],
            ToSteps = leg.ToSteps,
            Score = Settings.Score,
            Episodes = Settings.EvaluationEpisodes,
        };
    }

    /// <summary>Where a leg trains, relative to the study's folder.</summary>
    public string FolderOf(Leg leg) =>
        Settings.Method.IsPopulation
            ? Path.Combine("members", $"{leg.Trial:00}-{leg.Number:000000}")
            : Path.Combine(TrialsName, $"{leg.Candidate:0000}-{leg.Seed}");

    // Members change their settings while they train, which not every setting allows.
    private void RequireChangeable(TrainingOptions options)
    {
        SearchPoint[] corners = [.. Space.Corners()];
        using TrainingSession session = TrainingSession.Create(
            SettingsOf(corners[0], (ulong)Settings.FirstSeed),
            options with
            {
                Warn = null,
            }
        );
        foreach (SearchPoint corner in corners)
        {
            try
            {
                session.Change([.. corner.Assignments]);
            }
            catch (SettingsException exception)
            {
                throw new SettingsException($"{_source}: {exception.Message.TrimEnd('.')} (tried {corner}).", exception);
            }
        }
    }
}
