using Agents.Yaml;
using Learners.Configuration;
using Studies.Execution;

namespace Studies.Running;

/// <summary>A sweep or a population, with one trial at a time.</summary>
/// <param name="Plan">The study as it resolves.</param>
/// <param name="AllSteps">Environment steps of all its trials, as the claim names them.</param>
internal sealed record StudyWork(StudyPlan Plan, long AllSteps) : PlannedWork
{
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
