using System.Security.Cryptography;
using System.Text;
using Agents.Yaml;
using Environments;
using Learners.Configuration;
using Learners.Supervised;
using Studies.Claims;
using Studies.Runs;
using YamlDotNet.RepresentationModel;

namespace Studies.Running;

/// <summary>All runs of a claim in one budget.</summary>
internal sealed record ReproductionPlan
{
    private static readonly string[] NotInSettings = ["environment", "agent", "seed", "total_steps", "fleet"];
    private static readonly string[] NotInSupervised = ["task", "seed", "updates"];

    /// <summary>The claim.</summary>
    public required Claim Claim { get; init; }

    /// <summary>How much of it is run.</summary>
    public required ReproductionBudget Budget { get; init; }

    /// <summary>Seeds per arm and task.</summary>
    public required int Seeds { get; init; }

    /// <summary>Tasks of the budget that this machine can make.</summary>
    public required IReadOnlyList<ClaimTask> Tasks { get; init; }

    /// <summary>Runs, all arms and tasks of the first seed first, so that an interrupted reproduction is balanced.</summary>
    public required IReadOnlyList<PlannedRun> Runs { get; init; }

    /// <summary>What was left out, and why.</summary>
    public required IReadOnlyList<string> Remarks { get; init; }

    /// <summary>Resolves every run of a claim.</summary>
    /// <param name="name">Name of the claim, for messages.</param>
    /// <param name="claim">The claim.</param>
    /// <param name="budget">How much of it is run.</param>
    /// <param name="seeds">Seeds per arm and task; null for the claim's.</param>
    /// <param name="registry">Where environments are looked up.</param>
    /// <param name="agents">Where agents are looked up.</param>
    /// <exception cref="SettingsException">A setting is not possible, or an agent is unknown.</exception>
    /// <exception cref="UnknownNameException">An environment that is not optional is unknown.</exception>
    public static ReproductionPlan Create(
        string name,
        Claim claim,
        ReproductionBudget budget,
        int? seeds,
        EnvironmentRegistry registry,
        AgentRegistry agents
    )
    {
        var tasks = new List<ClaimTask>();
        var remarks = new List<string>();
        foreach (ClaimTask task in claim.TasksOf(budget))
        {
            if (
                task.Optional
                && !task.IsSupervised
                && WhyNot(registry, EarlierRuns.WithSeed(task.Environment, claim.FirstSeed)) is { } reason
            )
            {
                remarks.Add($"{task.Name} was left out: {reason}");
            }
            else
            {
                tasks.Add(task);
            }
        }
        if (tasks.Count == 0)
        {
            throw new SettingsException(
                $"The {budget.ToString().ToLowerInvariant()} budget of claim {name} holds no task that runs here. Try --budget full."
            );
        }
        int count = seeds ?? claim.SeedsOf(budget);
        var runs = new List<PlannedRun>();
        foreach (int seed in Enumerable.Range(claim.FirstSeed, count))
        {
            foreach (ClaimTask task in tasks)
            {
                foreach (ClaimArm arm in claim.ArmsOn(task))
                {
                    runs.Add(Resolve(name, claim, arm, task, budget, seed, registry, agents, runs));
                }
            }
        }
        return new ReproductionPlan
        {
            Claim = claim,
            Budget = budget,
            Seeds = count,
            Tasks = tasks,
            Remarks = remarks,
            Runs = runs,
        };
    }

    // A library that an environment needs may be missing in as many ways as there are libraries.
    private static string? WhyNot(EnvironmentRegistry registry, string id)
    {
        try
        {
            using IBatchedEnvironment environment = registry.Make(id);
            return null;
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            return exception.Message;
        }
    }

    private static PlannedRun Resolve(
        string name,
        Claim claim,
        ClaimArm arm,
        ClaimTask task,
        ReproductionBudget budget,
        int seed,
        EnvironmentRegistry registry,
        AgentRegistry agents,
        IReadOnlyList<PlannedRun> earlier
    )
    {
        string source = $"claim {name}, arm {arm.Name}, task {task.Name}";
        YamlMappingNode given = Given(claim, arm, task, source);
        string environment = task.IsSupervised
            ? ""
            : registry.Find(EarlierRuns.WithSeed(ClaimNodes.WithOptions(task.Environment, arm.EnvironmentOptions), seed)).Id;
        given =
            arm.IsStudy ? StudyWork.Given(given, arm, environment, seed)
            : arm.IsDiscovery ? DiscoveredSkills.Given(given, arm, environment, seed)
            : given;
        if (arm.IsOneRun)
        {
            given.Children["seed"] = $"{seed}";
        }
        string[] after = EarlierRuns.Replace(given, seed, earlier, source);
        PlannedWork work =
            task.IsSupervised ? ResolveSupervised(given, task, budget, source)
            : arm.IsStudy ? StudyWork.Resolve(given, task.StepsOf(budget), source, registry, agents)
            : arm.IsDiscovery ? DiscoveredSkills.Resolve(given, task.StepsOf(budget), source)
            : ResolveAgent(given, arm, task, budget, environment, source, agents, hasPolicy: after.Length == 0);
        string identity = $"{arm.Name}\n{task.Name}\n{LearningVersion.Number}\n{work.Text}";
        string hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(identity)))[..12];
        return new PlannedRun
        {
            Arm = arm,
            Task = task,
            Seed = seed,
            Work = work,
            Config = StrictYaml.Write(given),
            After = after,
            Folder = Path.Combine("runs", TaskFileName.Of(task.Name), arm.Name, $"{seed}-{hash}"),
        };
    }

    // Settings of claim, task and arm, laid over what every run of its kind has.
    private static YamlMappingNode Given(Claim claim, ClaimArm arm, ClaimTask task, string source)
    {
        YamlMappingNode given = StrictYaml.Parse(
            task.IsSupervised ? "checkpoints: { keep: 1 }"
                : !arm.IsOneRun ? "{}"
                : """
                record_episodes: true
                environment_threads: 1
                evaluation: { episodes: 0 }
                checkpoints: { keep: 1 }
                """,
            source
        );
        string[] forbidden = task.IsSupervised ? NotInSupervised : NotInSettings;
        foreach (YamlMappingNode settings in (YamlMappingNode[])[claim.Settings, task.Settings, arm.Settings])
        {
            if (forbidden.FirstOrDefault(key => settings.Children.ContainsKey(key)) is { } key)
            {
                throw new SettingsException(
                    $"{source}: settings.{key} cannot be set here. Tasks name environments and steps, arms name agents, --seeds counts seeds."
                );
            }
            StrictYaml.Merge(given, ClaimNodes.Copy(settings));
        }
        return given;
    }

    private static SupervisedWork ResolveSupervised(
        YamlMappingNode given,
        ClaimTask task,
        ReproductionBudget budget,
        string source
    )
    {
        given.Children["task"] = task.Supervised;
        given.Children["updates"] = $"{task.StepsOf(budget)}";
        return new SupervisedWork(SupervisedSources.Load(task.Supervised, ClaimNodes.Copy(given), source));
    }

    private static AgentWork ResolveAgent(
        YamlMappingNode given,
        ClaimArm arm,
        ClaimTask task,
        ReproductionBudget budget,
        string environment,
        string source,
        AgentRegistry agents,
        bool hasPolicy
    )
    {
        SettingsSources.RemoveForeignSections(arm.AgentName, given, agents);
        given.Children["environment"] = environment;
        given.Children["agent"] = arm.AgentName;
        given.Children["total_steps"] = $"{task.StepsOf(budget)}";
        return new AgentWork(SettingsSources.Load(environment, arm.AgentName, given, source, agents, hasPolicy));
    }
}
