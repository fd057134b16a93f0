namespace Environments;

/// <summary>One slow simulation, such as a program of its own or a service: a step is awaited, and other copies step meanwhile.</summary>
/// <remarks>
/// Register it with its spaces (<see cref="EnvironmentRegistry.Register(EnvironmentSpec, Func{IAsyncEnvironment}, AsyncEnvironmentOptions?)"/>), so that none has to be
/// started to ask it. Each copy is an object of its own, and no two calls to one overlap, except that <see cref="IAsyncDisposable.DisposeAsync"/> may come while a
/// call that was given up still runs: its token is cancelled then. Calls come from threads of the pool.
/// <code>
/// created ─▶ StartAsync ─▶ ResetAsync ─▶ StepAsync … ─▶ ResetAsync ─▶ … ─▶ DisposeAsync
/// </code>
/// DisposeAsync is called once for every object that was created, also where starting it failed. A simulation whose step takes less than some ten
/// microseconds is better off as an <see cref="IEnvironment"/>.
/// </remarks>
public interface IAsyncEnvironment : IAsyncDisposable
{
    /// <summary>Starts the simulation, once, before anything else. All copies of a batch start at the same time.</summary>
    /// <param name="cancellationToken">Cancelled where nobody waits for it any longer.</param>
    ValueTask StartAsync(CancellationToken cancellationToken);

    /// <summary>Starts an episode and writes its first observation.</summary>
    /// <param name="seed">Seed of the episode, the only source of chance; drawn from the copy's own stream.</param>
    /// <param name="observation">Destination of the observation space's size of floats; all are written before the task ends, and none afterwards.</param>
    /// <param name="cancellationToken">Cancelled where nobody waits for it any longer.</param>
    ValueTask ResetAsync(ulong seed, Memory<float> observation, CancellationToken cancellationToken);

    /// <summary>Applies an action and writes the observation it led to, also on the last step of an episode.</summary>
    /// <param name="action">As for <see cref="IEnvironment.Step"/>; valid until the task ends.</param>
    /// <param name="observation">As for <see cref="ResetAsync"/>.</param>
    /// <param name="cancellationToken">Cancelled where nobody waits for it any longer.</param>
    ValueTask<StepResult> StepAsync(ReadOnlyMemory<float> action, Memory<float> observation, CancellationToken cancellationToken);

    /// <inheritdoc cref="IEnvironment.MetricNames"/>
    IReadOnlyList<string> MetricNames => [];

    /// <inheritdoc cref="IEnvironment.Measure"/>
    void Measure(bool episodeEnds, Span<float> values) { }
}
