using System.Globalization;
using Agents.Yaml;
using Environments.Wrappers;
using Fleet.Journal;
using Learners.Composition;
using Learners.Configuration;
using Learners.Runs;
using Learners.Training;

namespace Fleet.Offline;

/// <summary>Lets runs in one process learn from the journal of a fleet's run, where <see cref="TrainingSettings.UnrollsFrom"/> names one.</summary>
public static class JournalUnrolls
{
    /// <summary>Options with which such runs find their unrolls.</summary>
    /// <param name="options">The others.</param>
    public static TrainingOptions Read(TrainingOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return options with { StepJournal = settings => JournalUnrollSource.Create(settings, options) };
    }

    /// <summary>Settings of an agent whose batches are what a journal holds: <c>key=value</c>, for the run's folder, copies, unroll length and what was done to rewards.</summary>
    /// <param name="folder">Folder of the fleet's run.</param>
    /// <param name="agent">Agent that will learn.</param>
    /// <exception cref="SettingsException">There is no run, or it kept no journal.</exception>
    /// <param name="agents">Where the agent that recorded it is looked up; null for those of the framework.</param>
    public static IReadOnlyList<string> SettingsFor(string folder, string agent, AgentRegistry? agents = null)
    {
        TrainingSettings recorded = Recorded(folder, agents ?? AgentRegistry.Default);
        WrapperSettings wrappers = recorded.Wrappers;
        return
        [
            $"unrolls_from='{folder.Replace("'", "''", StringComparison.Ordinal)}'",
            $"{agent}.copies={recorded.Agent.Copies}",
            $"{agent}.unroll_length={recorded.Agent.UnrollLength}",
            string.Create(CultureInfo.InvariantCulture, $"wrappers.reward_scale={wrappers.RewardScale}"),
            string.Create(CultureInfo.InvariantCulture, $"wrappers.reward_clip={wrappers.RewardClip}"),
            $"wrappers.normalize_rewards={(wrappers.NormalizeRewards ? "true" : "false")}",
        ];
    }

    /// <summary>Settings of the run that recorded a journal.</summary>
    /// <exception cref="SettingsException">There is no run, or it kept no journal.</exception>
    internal static TrainingSettings Recorded(string folder, AgentRegistry agents)
    {
        var run = new RunFolder(folder);
        if (!RunFolder.Exists(folder))
        {
            throw new SettingsException(
                $"unrolls_from: '{folder}' holds no run. Give the folder of a fleet's run whose journal was kept."
            );
        }
        return JournalReader.List(run.Journal).Count == 0
            ? throw new SettingsException(
                $"unrolls_from: the run in '{folder}' has no journal. Train a fleet with --set fleet.journal=true fleet.keep_journal=true."
            )
            : SettingsSources.Read(run.Config, [], agents);
    }
}
