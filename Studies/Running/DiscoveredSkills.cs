using Agents.Yaml;
using Learners.Configuration;
using Learners.Skills;
using Studies.Claims;
using YamlDotNet.RepresentationModel;

namespace Studies.Running;

/// <summary>A discovery of skills, one after the other.</summary>
/// <param name="Settings">The discovery as it resolves.</param>
/// <param name="AllSteps">Environment steps of all its skills, as the claim names them.</param>
internal sealed record DiscoveredSkills(DiscoverySettings Settings, long AllSteps) : PlannedWork
{
    /// <summary>What a claim gives a discovery.</summary>
    /// <param name="settings">Settings of each skill's run.</param>
    /// <param name="arm">The arm.</param>
    /// <param name="environment">Id of the environment.</param>
    /// <param name="seed">Seed of the claim.</param>
    public static YamlMappingNode Given(YamlMappingNode settings, ClaimArm arm, string environment, int seed)
    {
        YamlMappingNode given = ClaimNodes.Copy(arm.Discovery);
        given.Children["environment"] = environment;
        given.Children["agent"] = arm.AgentName;
        given.Children["seed"] = $"{seed}";
        if (settings.Children.Count > 0)
        {
            given.Children["settings"] = settings;
        }
        return given;
    }

    /// <summary>The discovery of what was given.</summary>
    /// <exception cref="SettingsException">A setting is not possible.</exception>
    public static DiscoveredSkills Resolve(YamlMappingNode given, long steps, string source) =>
        new(StrictYaml.Bind<DiscoverySettings>(ClaimNodes.Copy(given), source), steps);

    /// <inheritdoc/>
    public override string Command => "discover";

    /// <inheritdoc/>
    public override string Learner => $"{Settings.Agent}, {Settings.Skills} skills";

    /// <inheritdoc/>
    public override string Subject => Settings.Environment;

    /// <inheritdoc/>
    public override long Steps => AllSteps;

    /// <inheritdoc/>
    public override string Text => StrictYaml.Write(Settings);

    /// <inheritdoc/>
    public override bool IsThatOf(string config, IReadOnlyList<string> after, AgentRegistry agents) =>
        // As documents: how a list is written is no setting.
        StrictYaml
            .Parse(StrictYaml.Write(SkillDiscovery.SettingsOf(Path.GetDirectoryName(config)!)), config)
            .Equals(StrictYaml.Parse(Text, config));
}
