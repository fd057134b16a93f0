using Agents.Yaml;
using Environments;
using Environments.Randomness;
using Learners.Composition;
using Learners.Configuration;
using Learners.Sources;

namespace Learners.Training;

/// <summary>Where a run writes and whom it tells; nothing here changes what is learned.</summary>
public sealed record TrainingOptions
{
    /// <summary>Run folder; null for <c>runs/&lt;environment&gt;/&lt;agent&gt;/&lt;time&gt;-&lt;seed&gt;</c> below the current folder.</summary>
    public string? OutputFolder { get; init; }

    /// <summary>Told about once per update; reports arrive on the training thread, so return quickly.</summary>
    public IProgress<TrainingProgress>? Progress { get; init; }

    /// <summary>Receives warnings, one line each.</summary>
    public Action<string>? Warn { get; init; }

    /// <summary>Where environments are looked up.</summary>
    public EnvironmentRegistry Registry { get; init; } = EnvironmentRegistry.Default;

    /// <summary>Where a resumed run's agent is looked up by its name; a new run's settings hold it.</summary>
    public AgentRegistry Agents { get; init; } = AgentRegistry.Default;

    /// <summary>Bytes that a run may need; larger ones are refused before anything is allocated. The campaign of settings lowers it.</summary>
    internal long MemoryLimit { get; init; } = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;

    /// <summary>Environment steps at which a run saves and ends before it is done, to be resumed; null to go on to the end.</summary>
    internal long? PauseAtSteps { get; init; }

    /// <summary>Clock of time stamps and speeds.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>Makes the source of a run that learns from a journal; null where nobody reads journals.</summary>
    internal Func<TrainingSettings, IUnrollSource>? StepJournal { get; init; }

    /// <summary>A source that steps the environments of a run in this process, or reads the journal that its settings name.</summary>
    /// <param name="settings">The run.</param>
    /// <param name="seed">Seed of environments and actions.</param>
    internal IUnrollSource Step(TrainingSettings settings, SeedSequence seed) =>
        settings.UnrollsFrom is null ? InlineUnrollSource.Create(settings, Registry, MemoryLimit, Warn, seed)
        : StepJournal is { } journal ? journal(settings)
        : throw new SettingsException(
            $"unrolls_from: the run learns from the journal of '{settings.UnrollsFrom}', and this program reads none. Train it with the command agents, or give options of JournalUnrolls.Read."
        );
}
