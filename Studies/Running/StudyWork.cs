using Agents.Yaml;
using Environments;
using Learners.Configuration;
using Learners.Training;
using Studies.Claims;
using Studies.Execution;
using YamlDotNet.RepresentationModel;

namespace Studies.Running;

/// <summary>A sweep or a population, with one trial at a time.</summary>
/// <param name="Plan">The study as it resolves.</param>
/// <param name="AllSteps">Environment steps of all its trials, as the claim names them.</param>
internal sealed record StudyWork(StudyPlan Plan, long AllSteps) : PlannedWork
{
    private const int SeedsOfAClaim = 1_000;

    /// <summary>A study has seeds for its trials, and each seed of the claim others.</summary>
    /// <param name="settings">Settings of every trial.</param>
    /// <param name="arm">The arm.</param>
    /// <param name="environment">Id of the environment.</param>
    /// <param name="seed">Seed of the claim.</param>
    public static YamlMappingNode Given(YamlMappingNode settings, ClaimArm arm, string environment, int seed)
    {
        YamlMappingNode given = ClaimNodes.Copy(arm.Study);
        given.Children["environment"] = environment;
        given.Children["agent"] = arm.AgentName;
        given.Children["settings"] = settings;
        given.Children["first_seed"] = $"{seed * SeedsOfAClaim}";
        given.Children["draw_seed"] = $"{seed}";
        return given;
    }

    /// <summary>The study of what was given.</summary>
    /// <exception cref="SettingsException">A setting is not possible.</exception>
    public static StudyWork Resolve(
        YamlMappingNode given,
        long steps,
        string source,
        EnvironmentRegistry registry,
        AgentRegistry agents
    ) =>
        new(
            StudyPlan.Create(
                StrictYaml.Bind<StudySettings>(ClaimNodes.Copy(given), source),
                new TrainingOptions { Registry = registry, Agents = agents },
                source
            ),
            steps
        );

    /// <inheritdoc/>
    public override string Command => Plan.Settings.Method.IsPopulation ? "population" : "sweep";

    /// <inheritdoc/>
    public override string Learner => $"{Plan.Settings.Agent}, {Plan.Settings.Method.Name}";

    /// <inheritdoc/>
    public override string Subject => Plan.Settings.Environment;

    /// <inheritdoc/>
    public override long Steps => AllSteps;

    /// <inheritdoc/>
    public override string Text => StrictYaml.Write(Plan.Settings);

    /// <inheritdoc/>
    public override IEnumerable<string> Words(string given, string folder, bool resume) =>
        [Command, given, "--out", folder, "--jobs", "1"]; // its journal says where it goes on

    /// <inheritdoc/>
    public override bool IsThatOf(string config, IReadOnlyList<string> after, AgentRegistry agents) =>
        // As documents: how a list is written is no setting.
        StrictYaml
            .Parse(StrictYaml.Write(StrictYaml.Bind<StudySettings>(StudySettings.ReadFile(config), config)), config)
            .Equals(StrictYaml.Parse(Text, config));
}
