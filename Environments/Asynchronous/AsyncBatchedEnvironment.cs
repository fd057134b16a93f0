using System.Runtime.ExceptionServices;
using Environments.Spaces;
using Environments.State;

namespace Environments.Asynchronous;

/// <summary>B copies of an asynchronous environment: started, stepped and ended together. Nothing is started before the first reset. Resets in the same step.</summary>
internal sealed class AsyncBatchedEnvironment : IBatchedEnvironment
{
    private readonly AsyncCopy[] _copies;
    private readonly Task[] _tasks;
    private readonly CancellationTokenSource _interruption = new(); // without a timer, so there is nothing to dispose of
    private readonly RowCheck _actionCheck;
    private readonly float[] _actions;
    private readonly float[] _observations;
    private readonly float[] _finalObservations;
    private readonly float[] _rewards;
    private readonly bool[] _terminated;
    private readonly bool[] _truncated;
    private readonly int[] _lostEpisodes;
    private readonly int _observationSize;
    private readonly int _actionSize;
    private bool _started;
    private bool _disposed;

    /// <summary>A batch of copies that are not started yet.</summary>
    /// <param name="spec">Description of one copy, with its step limit.</param>
    /// <param name="create">Makes one copy.</param>
    /// <param name="count">Copies, B, at least 1.</param>
    /// <param name="options">Time limits and restarts.</param>
    public AsyncBatchedEnvironment(
        EnvironmentSpec spec,
        Func<IAsyncEnvironment> create,
        int count,
        AsyncEnvironmentOptions options
    )
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        Spec = spec;
        Count = count;
        var restarts = new RestartBudget(options.MaxRestarts);
        _copies = new AsyncCopy[count];
        for (int i = 0; i < count; i++)
        {
            _copies[i] = new AsyncCopy(spec, i, create, options, restarts, _interruption.Token);
        }
        _tasks = new Task[count];
        _observationSize = spec.ObservationSpace.Size;
        _actionSize = spec.ActionSpace.Size;
        _actionCheck = RowCheck.OfActions(spec.ActionSpace);
        _actions = new float[count * _actionSize];
        _observations = new float[count * _observationSize];
        _finalObservations = new float[count * _observationSize];
        _rewards = new float[count];
        _terminated = new bool[count];
        _truncated = new bool[count];
        _lostEpisodes = new int[options.MaxRestarts > 0 ? count : 0];
    }

    /// <inheritdoc/>
    public EnvironmentSpec Spec { get; }

    /// <inheritdoc/>
    public int Count { get; }

    /// <inheritdoc/>
    public AutoresetMode AutoresetMode => AutoresetMode.SameStep;

    /// <inheritdoc/>
    public ReadOnlySpan<float> Observations => _observations;

    /// <inheritdoc/>
    public ReadOnlySpan<float> FinalObservations => _finalObservations;

    /// <inheritdoc/>
    public ReadOnlySpan<float> Rewards => _rewards;

    /// <inheritdoc/>
    public ReadOnlySpan<bool> Terminated => _terminated;

    /// <inheritdoc/>
    public ReadOnlySpan<bool> Truncated => _truncated;

    /// <inheritdoc/>
    public ReadOnlySpan<int> LostEpisodes => _lostEpisodes;

    /// <summary>False: what runs elsewhere is not saved, and a resumed run begins new episodes.</summary>
    public bool CanSaveState => false;

    /// <inheritdoc/>
    public Action<string>? Warn
    {
        get;
        set
        {
            field = value;
            var gate = new Lock(); // copies speak from their own threads
            Action<string>? one = value is null
                ? null
                : line =>
                {
                    lock (gate)
                    {
                        value(line);
                    }
                };
            foreach (AsyncCopy copy in _copies)
            {
                copy.Warn = one;
            }
        }
    }

    /// <inheritdoc/>
    public void Reset(ulong seed)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        for (int i = 0; i < Count; i++)
        {
            AsyncCopy copy = _copies[i];
            ulong own = unchecked(seed + (ulong)i);
            _tasks[i] = Task.Run(() => copy.ResetAsync(own));
        }
        Await();
        Collect();
        _started = true;
    }

    /// <inheritdoc/>
    public void Step(ReadOnlySpan<float> actions) => StepThose(actions, []);

    /// <inheritdoc/>
    public void StepSome(ReadOnlySpan<float> actions, ReadOnlySpan<bool> active)
    {
        if (active.Length != Count)
        {
            throw new ArgumentException($"{Spec.Id} has {Count} copies; {active.Length} flags were given.", nameof(active));
        }
        StepThose(actions, active);
    }

    /// <inheritdoc/>
    /// <remarks>For good: the program is to stop.</remarks>
    public void Interrupt() => _interruption.Cancel();

    /// <inheritdoc/>
    public void TakeMetrics(EnvironmentMetrics destination)
    {
        foreach (AsyncCopy copy in _copies)
        {
            copy.TakeMetrics(destination);
        }
    }

    /// <inheritdoc/>
    public void SaveState(StateDictionary state)
    {
        // Nothing: see CanSaveState. Layers around this one save theirs.
    }

    /// <inheritdoc/>
    public void LoadState(StateDictionary state)
    {
        // Nothing was saved; whoever resumes resets.
    }

    /// <summary>Ends all copies, at the same time.</summary>
    public void Dispose()
    {
        if (_disposed)
        {
            return;
        }
        _disposed = true;
        _interruption.Cancel();
        Task.WhenAll(_copies.Select(copy => Task.Run(copy.EndAsync))).GetAwaiter().GetResult();
    }

    private void StepThose(ReadOnlySpan<float> actions, ReadOnlySpan<bool> active)
    {
        RequireReady(actions);
        actions.CopyTo(_actions);
        for (int i = 0; i < Count; i++)
        {
            AsyncCopy copy = _copies[i];
            if (active.IsEmpty || active[i])
            {
                _tasks[i] = copy.StepAsync(_actions.AsMemory(i * _actionSize, _actionSize));
            }
            else
            {
                copy.Rest();
                _tasks[i] = Task.CompletedTask;
            }
        }
        Await();
        Collect();
    }

    // All of them first, so that none goes on while the caller handles what another one threw.
    private void Await()
    {
        try
        {
            Task.WaitAll(_tasks);
            return;
        }
        catch (AggregateException)
        {
            // One of them is thrown below.
        }
        Task? failed =
            Array.Find(_tasks, task => task.Exception?.InnerException is EnvironmentFaultException)
            ?? Array.Find(_tasks, task => !task.IsCompletedSuccessfully);
        ExceptionDispatchInfo.Throw(failed?.Exception?.InnerException ?? new OperationCanceledException(_interruption.Token));
    }

    private void Collect()
    {
        for (int i = 0; i < Count; i++)
        {
            AsyncCopy copy = _copies[i];
            StepResult result = copy.Result;
            _rewards[i] = result.Reward;
            _terminated[i] = result.Terminated;
            _truncated[i] = result.Truncated;
            copy.Observation.CopyTo(_observations, i * _observationSize);
            if (result.Terminated | result.Truncated)
            {
                copy.FinalObservation.CopyTo(_finalObservations, i * _observationSize);
            }
            if (_lostEpisodes.Length > 0)
            {
                _lostEpisodes[i] = copy.LostEpisodes;
            }
        }
    }

    private void RequireReady(ReadOnlySpan<float> actions)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (!_started)
        {
            throw new InvalidOperationException(
                $"{Spec.Id} was stepped before its first reset. Call Reset(seed) once before stepping."
            );
        }
        if (actions.Length != _actions.Length)
        {
            throw new ArgumentException(
                $"{Spec.Id} needs {Count} actions of {_actionSize} floats; {actions.Length} floats were given.",
                nameof(actions)
            );
        }
        _actionCheck.RequireActions(Spec, actions);
    }
}
