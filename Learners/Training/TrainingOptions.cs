using Agents.Yaml;
using Environments;
using Environments.Randomness;
using Learners.Composition;
using Learners.Configuration;
using Learners.Sources;

namespace Learners.Training;

/// <summary>Where a run writes and whom it tells; nothing here changes what is learned. Callbacks: <see cref="OnUpdate"/>.</summary>
public sealed record TrainingOptions
{
    /// <summary>Run folder; null for <c>runs/&lt;environment&gt;/&lt;agent&gt;/&lt;time&gt;-&lt;seed&gt;</c> below the current folder.</summary>
    public string? OutputFolder { get; init; }

    /// <summary>Told about once per update; reports arrive on the training thread, so return quickly.</summary>
    public IProgress<TrainingProgress>? Progress { get; init; }

    /// <summary>Called once, before the first step of a run and before the first one after it was resumed.</summary>
    public Action<TrainingStart>? OnStart { get; init; }

    /// <summary>
    /// Called after each update, once its metrics are known. As with every callback: it runs on the training thread and training waits for it, it is never
    /// called by two threads at once in one run, an exception ends the run with <see cref="TrainingCallbackException"/> after it was saved, and null costs nothing.
    /// </summary>
    public Action<TrainingUpdate>? OnUpdate { get; init; }

    /// <summary>Called after each evaluation, that of the final policy included.</summary>
    public Action<TrainingEvaluation>? OnEvaluation { get; init; }

    /// <summary>Called for each training episode that ended, after the update that learned from its end and before <see cref="OnUpdate"/>.</summary>
    public Action<TrainingEpisode>? OnEpisode { get; init; }

    /// <summary>
    /// Whether a run writes no file at all: <see cref="TrainingResult.Policy"/> has what it learned, and <see cref="TrainingResult.RunFolder"/> is empty. Such
    /// a run cannot be resumed, except from what a callback saves.
    /// </summary>
    /// <value>Default false. With true, <see cref="OutputFolder"/> has to be null.</value>
    public bool InMemory { get; init; }

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

    /// <summary>Ends the start of environments; the trainer's own token, which ends all that follows.</summary>
    internal CancellationToken Stopping { get; init; }

    /// <summary>Clock of time stamps and speeds.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>Makes the source of a run that learns from a journal; null where nobody reads journals.</summary>
    internal Func<TrainingSettings, IUnrollSource>? StepJournal { get; init; }

    /// <summary>A source that steps the environments of a run in this process, or reads the journal that its settings name.</summary>
    /// <param name="settings">The run.</param>
    /// <param name="seed">Seed of environments and actions.</param>
    internal IUnrollSource Step(TrainingSettings settings, SeedSequence seed) =>
        settings.UnrollsFrom is null ? InlineUnrollSource.Create(settings, Registry, MemoryLimit, Warn, seed, Stopping)
        : StepJournal is { } journal ? journal(settings)
        : throw new SettingsException(
            $"unrolls_from: the run learns from the journal of '{settings.UnrollsFrom}', and this program reads none. Train it with the command agents, or give options of JournalUnrolls.Read."
        );
}
