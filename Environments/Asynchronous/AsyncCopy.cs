using Environments.Randomness;

namespace Environments.Asynchronous;

/// <summary>One copy of an asynchronous environment, with its time limits, its numbers and its replacement. Owns the environment.</summary>
/// <param name="spec">Description of the copy, with its step limit.</param>
/// <param name="index">Number of the copy within its batch.</param>
/// <param name="create">Makes an environment.</param>
/// <param name="options">Time limits.</param>
/// <param name="restarts">Replacements that the batch has left.</param>
/// <param name="interruption">Ends waiting, for good.</param>
internal sealed class AsyncCopy(
    EnvironmentSpec spec,
    int index,
    Func<IAsyncEnvironment> create,
    AsyncEnvironmentOptions options,
    RestartBudget restarts,
    CancellationToken interruption
)
{
    private AsyncLife? _life; // null before the first start and after the end
    private Pcg64 _seeds;
    private MetricSums? _metrics;
    private int _episode;
    private int _step;

    /// <summary>What the copy shows.</summary>
    public float[] Observation { get; private set; } = new float[spec.ObservationSpace.Size];

    /// <summary>The last observation of the episode that ended in the latest step.</summary>
    public float[] FinalObservation { get; } = new float[spec.ObservationSpace.Size];

    /// <summary>What the latest step gave.</summary>
    public StepResult Result { get; private set; }

    /// <summary>Episodes that were cut off with what was replaced.</summary>
    public int LostEpisodes { get; private set; }

    /// <summary>Receives one line when the copy is replaced; may be called on any thread.</summary>
    public Action<string>? Warn { get; set; }

    /// <summary>Begins a new stream of episodes, of a simulation that is started where there is none.</summary>
    /// <param name="seed">Seed of the copy.</param>
    public async Task ResetAsync(ulong seed)
    {
        _seeds = new Pcg64(seed);
        _episode = 0;
        Result = default;
        try
        {
            if (_life is null)
            {
                await StartAsync().ConfigureAwait(false);
            }
            await BeginEpisodeAsync().ConfigureAwait(false);
        }
        catch (CopyFailure failure)
        {
            await ReplaceAsync(failure).ConfigureAwait(false);
        }
    }

    /// <summary>Steps, and begins the next episode where this one ended.</summary>
    /// <param name="action">The action; untouched by others until the task ends.</param>
    public async Task StepAsync(Memory<float> action)
    {
        StepResult result;
        try
        {
            _step++;
            Observation.CopyTo(FinalObservation, 0);
            float[] observation = Observation; // a call that is given up must not find a later one
            result = await CallAsync(
                    "step",
                    options.StepTimeout,
                    (environment, token) => environment.StepAsync(action, observation, token)
                )
                .ConfigureAwait(false);
        }
        catch (CopyFailure failure)
        {
            await ReplaceAsync(failure).ConfigureAwait(false);
            LostEpisodes++;
            Result = new StepResult(0, Terminated: false, Truncated: true); // its final observation is the last one that arrived
            return;
        }
        result = result with { Truncated = result.Truncated | _step >= (spec.MaxEpisodeSteps ?? int.MaxValue) };
        bool ends = result.Terminated | result.Truncated;
        try
        {
            Measure(ends);
            if (ends)
            {
                Observation.CopyTo(FinalObservation, 0);
                await BeginEpisodeAsync().ConfigureAwait(false);
            }
        }
        catch (CopyFailure failure)
        {
            await ReplaceAsync(failure).ConfigureAwait(false); // the episode was over, so that none is lost
            result = result with { Truncated = result.Truncated | !ends };
            LostEpisodes += ends ? 0 : 1;
        }
        Result = result;
    }

    /// <summary>Leaves the copy as it is for a step.</summary>
    public void Rest() => Result = default;

    /// <inheritdoc cref="IBatchedEnvironment.TakeMetrics"/>
    public void TakeMetrics(EnvironmentMetrics destination) => _metrics?.MoveTo(destination);

    /// <summary>Ends the simulation, where there is one; never throws.</summary>
    public async Task EndAsync()
    {
        if (Interlocked.Exchange(ref _life, null) is { } life && await life.EndAsync().ConfigureAwait(false) is { } trouble)
        {
            Warn?.Invoke($"{spec.Id}: copy {index} {trouble}");
        }
    }

    private async Task StartAsync()
    {
        (_episode, _step) = (0, 0);
        Observation = new float[Observation.Length]; // what was given up may still write into the old one
        AsyncLife life;
        try
        {
            life = _life = new AsyncLife(create(), options, interruption);
        }
        catch (Exception exception)
        {
            throw new CopyFailure("creation", exception.Message, exception);
        }
        await CallAsync(
                "start",
                options.StartTimeout,
                async (environment, token) =>
                {
                    await environment.StartAsync(token).ConfigureAwait(false);
                    return default;
                }
            )
            .ConfigureAwait(false);
        _metrics ??= MetricSums.Of(spec.Id, life.Environment.MetricNames);
    }

    private async Task BeginEpisodeAsync()
    {
        _episode++;
        _step = 0;
        ulong seed = _seeds.NextUInt64();
        float[] observation = Observation;
        await CallAsync(
                "reset",
                options.StepTimeout,
                async (environment, token) =>
                {
                    await environment.ResetAsync(seed, observation, token).ConfigureAwait(false);
                    return default;
                }
            )
            .ConfigureAwait(false);
    }

    private void Measure(bool ends)
    {
        if (_metrics is null || _life is null)
        {
            return;
        }
        try
        {
            _life.Environment.Measure(ends, _metrics.Begin());
        }
        catch (Exception exception)
        {
            throw new CopyFailure("measure", exception.Message, exception);
        }
        _metrics.End();
    }

    private async Task<StepResult> CallAsync(
        string what,
        TimeSpan limit,
        Func<IAsyncEnvironment, CancellationToken, ValueTask<StepResult>> call
    )
    {
        interruption.ThrowIfCancellationRequested();
        AsyncLife life = _life ?? throw new ObjectDisposedException(spec.Id);
        return await life.CallAsync(what, limit, call).ConfigureAwait(false);
    }

    // A copy that fails again while it is replaced uses up another restart.
    private async Task ReplaceAsync(CopyFailure failure)
    {
        while (true)
        {
            interruption.ThrowIfCancellationRequested();
            if (!restarts.TryTake(out int number))
            {
                throw Fault(failure);
            }
            Warn?.Invoke(
                $"{Describe(failure)} It is replaced, replacement {number} of {options.MaxRestarts}; its unfinished episode counts as no score."
            );
            await EndAsync().ConfigureAwait(false);
            int episode = _episode;
            try
            {
                await StartAsync().ConfigureAwait(false);
                _episode = episode;
                await BeginEpisodeAsync().ConfigureAwait(false);
                return;
            }
            catch (CopyFailure again)
            {
                failure = again;
            }
        }
    }

    private EnvironmentFaultException Fault(CopyFailure failure)
    {
        string remedy =
            options.MaxRestarts == 0
                ? $"Correct the simulation, or let copies be replaced by {nameof(AsyncEnvironmentOptions)}.{nameof(AsyncEnvironmentOptions.MaxRestarts)}."
                : $"The {options.MaxRestarts} replacements of {nameof(AsyncEnvironmentOptions.MaxRestarts)} are used up. Correct the simulation.";
        return new EnvironmentFaultException($"{Describe(failure)} {remedy}", failure.InnerException)
        {
            Copy = index,
            Episode = _episode,
            Step = _step,
        };
    }

    private string Describe(CopyFailure failure) =>
        $"{spec.Id}: copy {index} failed in the {failure.What}, at step {_step} of its episode {_episode}: {failure.Message.TrimEnd('.')}.";
}

/// <summary>A copy threw or hung.</summary>
internal sealed class CopyFailure(string what, string message, Exception? cause) : Exception(message, cause)
{
    /// <summary>Which call it was.</summary>
    public string What => what;
}

/// <summary>How many copies of a batch may still be replaced.</summary>
internal sealed class RestartBudget(int most)
{
    private int _taken;

    /// <summary>Takes one replacement.</summary>
    /// <param name="number">Which it is, from 1.</param>
    /// <returns>False where none is left.</returns>
    public bool TryTake(out int number)
    {
        number = Interlocked.Increment(ref _taken);
        return number <= most;
    }
}
