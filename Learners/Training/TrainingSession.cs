using Agents.Policies;
using Agents.Yaml;
using Environments;
using Environments.Randomness;
using Environments.State;
using Learners.Checkpoints;
using Learners.Composition;
using Learners.Configuration;
using Learners.Evaluation;
using Learners.Metrics;
using Learners.Runs;
using Learners.Sources;
using Protos;

namespace Learners.Training;

/// <summary>
/// An agent that trains step by step, for programs that decide what happens in between: evaluate, save, change settings, or take over what another session
/// has learned. Writes nothing unless it is told to; <see cref="Trainer"/> is a caller that logs and saves.
/// </summary>
/// <remarks>
/// Owns environments and learner. Not thread-safe; several sessions may run in several threads. The same settings give the same parameters, bit for bit,
/// however a run is cut into calls of <see cref="AdvanceAsync"/>.
/// </remarks>
public sealed class TrainingSession : IDisposable
{
    private readonly TrainingOptions _options;
    private readonly SeedSequence _seeds;
    private readonly IUnrollSource _source;
    private readonly RunExperience _experience;
    private readonly EpisodeWindow _episodes = new();
    private readonly HashSet<string> _ownFolders = [];
    private readonly LearnerSlot _learner;
    private readonly EnvironmentMetrics _measured = new();
    private RunEvaluation? _evaluation;

    /// <summary>A session at its first step.</summary>
    /// <param name="settings">What to train; see <see cref="TunedSettings.For"/>. Settings of evaluations and checkpoints are those of the methods' defaults.</param>
    /// <param name="options">Where environments are looked up, and who is warned; its folder and progress are not used. Null for the defaults.</param>
    /// <exception cref="SettingsException">A setting is out of range.</exception>
    /// <exception cref="ArgumentException">The environment is unknown.</exception>
    /// <exception cref="PolicyFormatException">There is no policy to begin with, or it is damaged.</exception>
    public static TrainingSession Create(TrainingSettings settings, TrainingOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(settings);
        options ??= new TrainingOptions();
        settings = Trainer.Checked(settings, options);
        return new TrainingSession(settings, options, seed => options.Step(settings, seed));
    }

    /// <summary>A session that continues from the newest checkpoint of a folder, bit for bit: of <see cref="Save"/>, or of a run.</summary>
    /// <param name="folder">The folder; <see cref="Save"/> may write there again. Reading puts damaged checkpoints aside and changes nothing else.</param>
    /// <param name="assignments">Settings to change, <c>key=value</c>: total_steps, evaluation and checkpoints.</param>
    /// <param name="options">As in <see cref="Create"/>.</param>
    /// <exception cref="CheckpointException">The folder holds no run, or no checkpoint of it is whole.</exception>
    /// <exception cref="SettingsException">A setting is not possible, or may not change.</exception>
    public static TrainingSession Load(string folder, IReadOnlyList<string>? assignments = null, TrainingOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        options ??= new TrainingOptions();
        options = options with { Registry = options.Registry.ForForeignIds };
        SavedRun saved = SavedRun.Find(folder, assignments ?? [], options.Agents);
        TrainingSession session = saved.Continue(options);
        session._ownFolders.Add(saved.Folder.Path);
        return session;
    }

    /// <summary>A session over a source of unrolls.</summary>
    /// <param name="settings">What <see cref="Trainer.Checked"/> gave, or what a run was saved with.</param>
    /// <param name="options">Whom to warn.</param>
    /// <param name="createSource">Makes the source, which the session owns, from the seed of environments and actions.</param>
    /// <param name="state">State to continue from; null for a new run.</param>
    internal TrainingSession(
        TrainingSettings settings,
        TrainingOptions options,
        Func<SeedSequence, IUnrollSource> createSource,
        StateDictionary? state = null
    )
    {
        Settings = settings;
        _options = options;
        _seeds = new SeedSequence(settings.Seed);
        _source = createSource(_seeds.Child(0));
        _experience = new RunExperience(_source) { TotalSteps = settings.TotalSteps };
        _learner = new LearnerSlot(
            _source.Spec,
            _seeds.Child(1),
            _experience,
            options.Warn,
            id => options.Registry.TryFind(id, out EnvironmentSpec? task) ? task : null
        );
        try
        {
            WarmStart? start =
                state is null && settings.InitialPolicy is { } initial ? new WarmStart(initial, _source.Spec) : null;
            start?.Begin(_source, settings.Wrappers, options.Warn);
            _learner.Begin(settings, start?.Parameters);
            if (state is not null)
            {
                LoadState(state);
            }
            Publish();
        }
        catch
        {
            _learner.Dispose();
            _source.Dispose();
            throw;
        }
    }

    /// <summary>What is trained, as <see cref="Change"/> left it.</summary>
    public TrainingSettings Settings { get; private set; }

    /// <summary>Environment steps taken, over all copies.</summary>
    public long Steps => _experience.Steps;

    /// <summary>Version of the parameters: optimiser steps taken, and one more for each <see cref="TakeOver"/>.</summary>
    public long Updates => _learner.Updates;

    /// <summary>Training episodes that have ended.</summary>
    public long Episodes => _episodes.Count;

    /// <summary>Mean return of the last 100 training episodes; not a number before the first.</summary>
    public double MeanReturn => _episodes.Mean;

    /// <summary>Whether all steps were taken, or the mean return reached <see cref="TrainingSettings.StopAtReturn"/>.</summary>
    public bool IsDone =>
        Steps >= Settings.TotalSteps || (Settings.StopAtReturn is { } mark && _episodes.IsFull && _episodes.Mean >= mark);

    /// <inheritdoc cref="LearnerSlot.OutlivesFailures"/>
    internal bool OutlivesFailures
    {
        get => _learner.OutlivesFailures;
        init => _learner.OutlivesFailures = value;
    }

    /// <summary>Receives metrics until somebody drains them.</summary>
    internal MetricAverages Metrics { get; } = new();

    /// <summary>Names of the learner's metrics.</summary>
    internal IReadOnlyList<string> Tags => _learner.Current.Tags;

    /// <summary>Whether the state may be written elsewhere than into the run's own checkpoints.</summary>
    internal bool CanBeSavedElsewhere => _source.CanBeSavedElsewhere;

    /// <summary>Whether <see cref="Load"/> continues the same episodes, or begins new ones.</summary>
    public bool SavesEnvironments => _source.CanSaveEnvironments;

    /// <summary>Trains on: takes whole unrolls until a number of environment steps is reached or passed.</summary>
    /// <param name="steps">Environment steps over all copies, at least 1. An unroll is <see cref="AgentSettings.StepsPerUnroll"/> of them.</param>
    /// <param name="stop">Ends after the running update; the session can go on.</param>
    /// <returns>Steps that were taken; fewer than asked for where the run is done or was stopped.</returns>
    /// <exception cref="TrainingDivergedException">The gradient stopped being finite.</exception>
    /// <exception cref="Environments.EnvironmentFaultException">The environment gave a number that is not finite.</exception>
    public async Task<long> AdvanceAsync(long steps, CancellationToken stop = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(steps, 1);
        long before = Steps;
        // On a thread of the pool: an update computes for long and awaits nothing.
        await Task.Run(
                async () =>
                {
                    while (!IsDone && Steps - before < steps && await StepAsync(null, stop).ConfigureAwait(false)) { }
                },
                CancellationToken.None
            )
            .ConfigureAwait(false);
        return Steps - before;
    }

    /// <summary>Plays whole episodes with the newest parameters, in environments of its own; training does not notice.</summary>
    /// <param name="episodes">Episodes; null for <see cref="EvaluationSettings.FinalEpisodes"/>.</param>
    /// <param name="cancellationToken">Stops early with <see cref="OperationCanceledException"/>.</param>
    /// <returns>Their scores; the same seed and parameters give the same.</returns>
    public EvaluationResult Evaluate(int? episodes = null, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(episodes ?? 1, 1, nameof(episodes));
        return Play(episodes ?? Settings.Evaluation.FinalEpisodes, 0, cancellationToken);
    }

    /// <summary>The policy of the newest parameters. The caller owns it.</summary>
    /// <param name="evaluation">Its scores; null where there are none.</param>
    public SavedPolicy ToPolicy(EvaluationResult? evaluation = null) =>
        new(
            PolicyOrigin.Of(Settings, Updates, Steps, evaluation),
            _source.Spec,
            _learner.Current.ExportParameters(),
            _source.ObservationStatistics
        );

    /// <summary>Whether evaluations are played by the last policy of the network's mixture alone.</summary>
    internal bool EvaluatesLastStage => Settings.Agent.EvaluatesLastStage && _source.Spec.Settings.Mixture is not null;

    /// <summary>Saves policies that the learner has beside the agent's, each in a folder of its name.</summary>
    /// <param name="folder">Folder of the run.</param>
    /// <param name="evaluation">Scores of whoever is evaluated; null for none.</param>
    internal void SavePoliciesBeside(RunFolder folder, EvaluationResult? evaluation = null)
    {
        foreach (
            (string name, SavedPolicy policy) in PolicyOrigin.OfBeside(
                _learner.Current,
                Settings,
                Updates,
                Steps,
                _source.ObservationStatistics
            )
        )
        {
            using (policy)
            {
                policy.Save(folder.PolicyBeside(name));
            }
        }
        if (EvaluatesLastStage && evaluation is not null)
        {
            using SavedPolicy scored = ToPolicy(evaluation);
            using SavedPolicy last = scored.LastOfMixture();
            last.Save(folder.PolicyBeside(LastStage.FolderName));
        }
    }

    /// <summary>Writes a checkpoint, the settings and the policy into a folder, from which <see cref="Load"/> and <c>agents train --resume</c> go on.</summary>
    /// <param name="folder">New or empty, or one that this session has saved to or was loaded from; older checkpoints beyond <see cref="CheckpointSettings.Keep"/> go.</param>
    /// <exception cref="IOException">The folder holds something else, or cannot be written.</exception>
    /// <exception cref="CheckpointException">The checkpoint could not be written; earlier ones are as they were.</exception>
    public void Save(string folder)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        var run = new RunFolder(folder);
        SavedRun.Write(this, run, isAgain: _ownFolders.Contains(run.Path));
        _ownFolders.Add(run.Path);
    }

    /// <summary>
    /// Takes over what another session has learned: parameters, and where observations are normalised their statistics. Steps, episodes, environments and
    /// settings stay. The other session is left as it is.
    /// </summary>
    /// <param name="other">A session whose network is laid out as this one's.</param>
    /// <param name="withOptimizer">Whether moments of its optimiser, targets and random streams come along; agents and parts have to be the same then.</param>
    /// <exception cref="SettingsException">The sessions do not fit each other; nothing has changed.</exception>
    public void TakeOver(TrainingSession other, bool withOptimizer)
    {
        ArgumentNullException.ThrowIfNull(other);
        StatisticsHandover.RequireAlike(_source, other._source);
        _learner.TakeOver(Settings, other._learner, withOptimizer);
        StatisticsHandover.Hand(other._source, _source);
        Publish();
    }

    /// <summary>Changes settings while the run goes on; parameters, optimiser and environments stay.</summary>
    /// <param name="assignments">
    /// <c>key=value</c>, such as <c>ppo.learning_rate=1e-4</c>: the agent's own settings except those of which the shape of batches or the kind of what
    /// is remembered follow, total_steps, stop_at_return, evaluation and checkpoints.
    /// </param>
    /// <exception cref="SettingsException">A key or value is not possible, or may not change while the run goes on; nothing has changed.</exception>
    public void Change(params IReadOnlyList<string> assignments)
    {
        ArgumentNullException.ThrowIfNull(assignments);
        TrainingSettings changed = SettingsSources.Lay(Settings, assignments);
        changed = changed with { Agent = changed.Agent.Pinned() };
        RunningChanges.Require(Settings, changed, _source.Spec);
        if (changed.Agent != Settings.Agent)
        {
            _learner.GoOn(changed);
        }
        if (changed.Evaluation != Settings.Evaluation)
        {
            _evaluation?.Dispose();
            _evaluation = null;
        }
        _experience.TotalSteps = changed.TotalSteps;
        Settings = changed;
    }

    /// <summary>Lets the learner learn from one unroll, and publishes what it learned.</summary>
    /// <param name="hear">Told the episodes that ended, before the unroll is the source's again; null for nobody.</param>
    /// <param name="stop">Asks to end.</param>
    /// <returns>False where it was stopped, and then nothing has changed.</returns>
    internal async ValueTask<bool> StepAsync(Action<IReadOnlyList<CompletedEpisode>>? hear, CancellationToken stop)
    {
        if (!await _learner.AdvanceAsync(Steps, Metrics, stop).ConfigureAwait(false))
        {
            return false;
        }
        if (_experience.Count() is { } unroll)
        {
            _episodes.Add(unroll.Episodes, Metrics);
            AddMeasured();
            hear?.Invoke(unroll.Episodes);
        }
        // From here on the unroll is the source's again, and may hold the next one already.
        Publish();
        return true;
    }

    /// <summary>Plays whole episodes with the newest parameters.</summary>
    /// <param name="episodes">Episodes.</param>
    /// <param name="index">Which of the run's evaluations it is; each has seeds of its own.</param>
    /// <param name="cancellationToken">Stops early with <see cref="OperationCanceledException"/>.</param>
    internal EvaluationResult Play(int episodes, uint index, CancellationToken cancellationToken)
    {
        _evaluation ??= new RunEvaluation(Settings, _options.Registry, _options.Warn);
        using SavedPolicy policy = ToPolicy();
        return _evaluation.Play(policy, episodes, _seeds.Child(2).Child(index).GenerateSeed(), cancellationToken);
    }

    /// <summary>Saves all that follows depends on.</summary>
    internal void SaveState(StateDictionary state)
    {
        SavedInstructionSet.Save(state);
        state.Set("environment_steps", Steps);
        _learner.SaveState(state);
        _source.SaveState(state.Scope("source"));
        _episodes.SaveState(state.Scope("episodes"));
        Metrics.SaveState(state.Scope("averages"), state.Scope("own_averages"));
    }

    /// <summary>Told once what <see cref="SaveState"/> saved last is safe on the disk.</summary>
    internal void StateIsSafe() => _source.StateIsSafe();

    /// <summary>Told when the run is over, before a last evaluation.</summary>
    internal void End() => _source.End(IsDone);

    /// <inheritdoc/>
    public void Dispose()
    {
        _learner.Dispose();
        _source.Dispose();
        _evaluation?.Dispose();
    }

    private void AddMeasured()
    {
        _source.TakeMetrics(_measured);
        foreach (MeasuredNumbers numbers in _measured.All)
        {
            if (numbers.Count > 0)
            {
                Metrics.AddOwn(numbers.Tag, numbers.Total, numbers.Count);
                (numbers.Total, numbers.Count) = (0, 0);
            }
        }
    }

    private void Publish() => _source.Publish(_learner.Current.ActingParameters, Updates);

    private void LoadState(StateDictionary state)
    {
        _experience.Steps = state.Get("environment_steps", 0L, long.MaxValue / 2);
        SavedInstructionSet.Compare(state, _options.Warn);
        _learner.LoadState(state);
        _source.LoadState(state.Scope("source"));
        _episodes.LoadState(state.Scope("episodes"));
        Metrics.LoadState(state.Scope("averages"), [.. RunLog.Tags, .. Tags]);
        Metrics.LoadOwnState(state.Scope("own_averages"));
    }
}
