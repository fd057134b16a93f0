using Agents.Networks;
using Agents.Yaml;
using Environments;
using Environments.Randomness;
using Environments.State;
using Learners.Composition;
using Learners.Metrics;

namespace Learners.Training;

/// <summary>The learner of a session, whose place another one may take, with changed settings or with another's parameters. Owns it.</summary>
/// <param name="network">The network that acts.</param>
/// <param name="seed">Seed of all that learners draw.</param>
/// <param name="experience">Where they pull unrolls.</param>
/// <param name="warn">Receives a line for each update that is left out; null for nobody.</param>
/// <param name="findTask">Looks an environment up by its id.</param>
internal sealed class LearnerSlot(
    NetworkSpec network,
    SeedSequence seed,
    IExperienceSource experience,
    Action<string>? warn,
    Func<string, EnvironmentSpec?> findTask
) : IDisposable
{
    // In a row, where single ones are outlived.
    private const int MaxFailedUpdates = 3;
    private const string EarlierUpdatesName = "earlier_updates";

    private readonly NetworkSpec _network = network;
    private ILearner? _learner;
    private long _earlierUpdates; // so that versions never fall, nor stand for two sets of parameters
    private string _agent = "";
    private int _failedUpdates;

    /// <summary>The learner.</summary>
    public ILearner Current => _learner ?? throw new InvalidOperationException("There is no learner yet.");

    /// <summary>Version of the parameters: optimiser steps taken, and one more wherever parameters came from elsewhere.</summary>
    public long Updates => _earlierUpdates + Current.Updates;

    /// <summary>Whether an update whose gradient is not finite only costs a warning, unless that happens time after time.</summary>
    public bool OutlivesFailures { get; set; }

    /// <summary>Makes the first learner.</summary>
    /// <param name="settings">The run.</param>
    /// <param name="start">Parameters to begin with; null for fresh ones.</param>
    public void Begin(TrainingSettings settings, StartingParameters? start)
    {
        _agent = settings.AgentName;
        _learner = Create(settings, start);
    }

    /// <summary>Lets the learner learn from one unroll.</summary>
    /// <param name="step">Environment step of the run, for messages.</param>
    /// <param name="metrics">Receives what the learner has to tell.</param>
    /// <param name="stop">Asks to end.</param>
    /// <returns>False where it was stopped, and then nothing has changed.</returns>
    /// <exception cref="TrainingDivergedException">The gradient stopped being finite, and that is not outlived.</exception>
    // One actor's nonsense must not end the run of a fleet; where every unroll ends so, the run itself has diverged.
    public async ValueTask<bool> AdvanceAsync(long step, MetricAverages metrics, CancellationToken stop)
    {
        if (stop.IsCancellationRequested)
        {
            return false;
        }
        try
        {
            bool goesOn = await Current.AdvanceAsync(metrics, stop).ConfigureAwait(false);
            if (!goesOn && !stop.IsCancellationRequested)
            {
                throw new InvalidOperationException(
                    $"The learner of {_agent} gave up at step {step}, though nobody stopped the run. Let AdvanceAsync return true until its token is cancelled."
                );
            }
            _failedUpdates = 0;
            return goesOn;
        }
        catch (TrainingDivergedException exception) when (OutlivesFailures && ++_failedUpdates < MaxFailedUpdates)
        {
            warn?.Invoke($"{exception.Message} The rest of this batch is left out.");
            return true;
        }
    }

    /// <summary>Lets a learner of changed settings go on from all that the one before remembers.</summary>
    /// <exception cref="SettingsException">The settings name other parts; nothing has changed.</exception>
    public void GoOn(TrainingSettings settings) => Put(CreateFrom(settings, Current), Updates);

    /// <summary>Takes over another session's parameters, and all else that its learner remembers where that is asked for.</summary>
    /// <param name="settings">The run.</param>
    /// <param name="other">Stays as it is.</param>
    /// <param name="withOptimizer">Whether what the other learner remembers comes along.</param>
    /// <exception cref="SettingsException">The two do not fit each other; nothing has changed.</exception>
    public void TakeOver(TrainingSettings settings, LearnerSlot other, bool withOptimizer)
    {
        var theirs = new ParameterLayout(other._network);
        string differences = ParameterShapes.Differences(other._network, _network);
        if (differences.Length > 0)
        {
            throw new SettingsException(
                $"The other session's network is another one: {differences}. Only parameters of the same network can be taken over."
            );
        }
        ILearner next = withOptimizer
            ? CreateFrom(settings, other.Current)
            : Create(
                settings,
                new StartingParameters(theirs, other.Current.ExportParameters(), new HashSet<string>(), knowsValues: true)
            );
        Put(next, Updates + 1);
    }

    /// <summary>Saves the learner's state.</summary>
    /// <param name="state">The session's; the learner has a scope of its own.</param>
    public void SaveState(StateDictionary state)
    {
        Current.SaveState(state.Scope("learner"));
        if (_earlierUpdates != 0)
        {
            state.Set(EarlierUpdatesName, _earlierUpdates);
        }
    }

    /// <summary>Continues from a saved state.</summary>
    /// <exception cref="InvalidDataException">It is of other settings.</exception>
    public void LoadState(StateDictionary state)
    {
        Current.LoadState(state.Scope("learner"));
        const long most = long.MaxValue / 2;
        _earlierUpdates = state.Contains(EarlierUpdatesName) ? state.Get(EarlierUpdatesName, -most, most) : 0;
        if (Updates < 0)
        {
            throw new InvalidDataException($"Its parameters have the version {Updates}, and versions begin with 0.");
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _learner?.Dispose();

    private ILearner Create(TrainingSettings settings, StartingParameters? start) =>
        settings.Agent.Agent.CreateLearner(
            new LearnerContext
            {
                Settings = settings,
                Network = _network,
                Seed = seed,
                Experience = experience,
                Start = start,
                FindTask = findTask,
            }
        );

    private ILearner CreateFrom(TrainingSettings settings, ILearner other)
    {
        ILearner next = Create(settings, null);
        try
        {
            if (!next.Tags.SequenceEqual(other.Tags))
            {
                throw Misfit($"it would have {Differences(next.Tags, other.Tags)}.");
            }
            var state = new StateDictionary();
            other.SaveState(state);
            next.LoadState(state);
            return next;
        }
        catch (Exception exception)
        {
            next.Dispose();
            if (exception is InvalidDataException)
            {
                throw Misfit(exception.Message, exception);
            }
            throw;
        }
    }

    private void Put(ILearner next, long version)
    {
        _earlierUpdates = version - next.Updates;
        Current.Dispose();
        _learner = next;
    }

    private static string Differences(IEnumerable<string> ours, IEnumerable<string> theirs)
    {
        string more = string.Join(", ", ours.Except(theirs));
        string fewer = string.Join(", ", theirs.Except(ours));
        return $"{(more.Length > 0 ? more : "nothing")} more, and {(fewer.Length > 0 ? fewer : "nothing")} less";
    }

    private static SettingsException Misfit(string why, Exception? cause = null)
    {
        string message =
            $"What was learned so far does not fit the settings: {why} Optimisers, auxiliary parts and whatever else remembers something cannot change while a run goes on; begin a new run for that, or take parameters over without the optimiser.";
        return cause is null ? new SettingsException(message) : new SettingsException(message, cause);
    }
}
