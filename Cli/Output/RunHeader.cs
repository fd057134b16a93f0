using System.Globalization;
using Agents.Networks;
using Agents.Networks.Cores;
using Agents.Programs;
using Agents.Yaml;
using Learners.Composition;
using Learners.Configuration;
using Learners.Training;
using Protos.Foreign;
using Studies.Cards;

namespace Cli.Output;

/// <summary>What a run says about itself at its start: task, folder, settings, network, engine.</summary>
internal static class RunHeader
{
    private const int MostChanges = 6;

    // Told elsewhere, or of no interest here.
    private static readonly string[] Told =
    [
        "environment",
        "agent",
        "seed",
        "total_steps",
        "engine",
        "initial_policy",
        "initial_policy.path",
    ];

    /// <summary>What is trained, for how long, with which seed.</summary>
    public static string Title(TrainingStart start)
    {
        TrainingSettings settings = start.Settings;
        string environment = ForeignText.Line(settings.Environment);
        return start.IsResumed
            ? Text(
                $"Continuing {settings.AgentName} on {environment} at step {start.Progress.EnvironmentSteps:#,0} of {settings.TotalSteps:#,0}, seed {settings.Seed}"
            )
            : Text($"Training {settings.AgentName} on {environment} for {settings.TotalSteps:#,0} steps, seed {settings.Seed}");
    }

    /// <summary>Where the run lies.</summary>
    public static string Folder(TrainingStart start) => "  folder    " + NextCommand.Relative(start.RunFolder);

    /// <summary>Settings, network, engine, and the policy that the run begins with.</summary>
    public static IEnumerable<string> Parts(TrainingStart start)
    {
        TrainingSettings settings = start.Settings;
        yield return "  settings  " + Settings(start);
        yield return "  network   " + Network(start.Network) + Text($"; {start.ParameterCount:#,0} parameters");
        yield return $"  engine    {(settings.Engine == EngineKind.Torch ? "torch" : "managed")}; "
            + Text(
                $"{settings.Agent.Copies:#,0} {(settings.Agent.Copies == 1 ? "copy" : "copies")} of the environment, {settings.Agent.UnrollLength:#,0} steps of each per unroll"
            );
        if (settings.InitialPolicy is { } initial && !start.IsResumed)
        {
            yield return "  begins    with the policy in " + ForeignText.Line(initial.Path);
        }
    }

    private static string Settings(TrainingStart start)
    {
        TrainingSettings settings = start.Settings;
        string? tuned = TunedFiles.NameFor(settings.Environment, settings.AgentName, settings.Network.Core);
        string origin = tuned is null ? "defaults; none are tuned for this environment" : $"tuned for {tuned}";
        IReadOnlyList<CardSetting> changes = Changes(settings);
        string shown = string.Join(
            ", ",
            changes.Take(MostChanges).Select(change => $"{change.Key}={ForeignText.Line(change.Value)}")
        );
        return changes.Count == 0 ? origin
            : changes.Count <= MostChanges ? $"{origin}; changed: {shown}"
            : $"{origin}; changed: {shown} and {changes.Count - MostChanges} more";
    }

    private static IReadOnlyList<CardSetting> Changes(TrainingSettings settings)
    {
        var agents = new AgentRegistry();
        agents.Register(settings.Agent.Agent);
        string[] core = settings.Network.Core == MemoryCores.Identity ? [] : [$"network.core={settings.Network.Core}"];
        try
        {
            TrainingSettings usual = SettingsSources.Load(settings.Environment, settings.AgentName, null, core, agents);
            return CardSetting.Changed(SettingsSources.Write(settings), SettingsSources.Write(usual), Told);
        }
        catch (SettingsException)
        {
            return []; // an agent of somebody's own may need a setting, so that its defaults alone are no run to compare with
        }
    }

    /// <summary>Layers, memory and trunks of a network, and what earlier policies of a mixture remember with.</summary>
    public static string Network(NetworkSettings network)
    {
        string layers = string.Join(
            " + ",
            (network.Convolutions ?? [])
                .Select(convolution => Text($"{convolution.Channels} channels of {convolution.Kernel} × {convolution.Kernel}"))
                .Concat((network.HiddenSizes ?? []).Select(size => Text($"{size}")))
        );
        string trunk = layers.Length == 0 ? "no hidden layers" : $"layers {layers} ({Word(network.Activation)})";
        string core = network.Core == MemoryCores.Identity ? "no memory" : Text($"memory {network.Core} of {network.CoreSize}");
        return $"{trunk}, {core}, policy and value in {(network.SharedTrunk == true ? "one network" : "networks of their own")}"
            + (network.Mixture is { } mixture ? ", after " + Earlier(mixture, network.Core) : "");
    }

    private static string Earlier(MixtureSettings mixture, string core)
    {
        string[] memories =
        [
            .. mixture
                .Stages.Where(stage => stage.Remembers(core))
                .Select(stage => stage.Core is null ? stage.CoreOf(core) : Text($"{stage.Core} of {stage.CoreSize}"))
                .Distinct(),
        ];
        string policies = mixture.Stages.Length == 1 ? "an earlier policy" : Text($"{mixture.Stages.Length} earlier policies");
        return memories.Length == 0 ? policies : $"{policies} (memory {string.Join(", ", memories)})";
    }

    private static string Word(Activation? activation) => activation is { } known ? known.ToString().ToLowerInvariant() : "none";

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
