namespace Environments.Asynchronous;

/// <summary>One environment from its creation to its end: no call to it is waited for without a limit. Owns it.</summary>
/// <param name="environment">The environment.</param>
/// <param name="options">Time limits and clock.</param>
/// <param name="interruption">Ends waiting, for good.</param>
internal sealed class AsyncLife(IAsyncEnvironment environment, AsyncEnvironmentOptions options, CancellationToken interruption)
{
    // Time that a call which was given up may take to notice it, before its environment is disposed of under it.
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(1);

    private readonly CancellationTokenSource _given = CancellationTokenSource.CreateLinkedTokenSource(interruption);
    private Task _running = Task.CompletedTask;

    /// <summary>The environment.</summary>
    public IAsyncEnvironment Environment => environment;

    /// <summary>Calls the environment on a thread of the pool, so that one that blocks holds up no other.</summary>
    /// <param name="what">Which call, for messages.</param>
    /// <param name="limit">Time that it may take.</param>
    /// <param name="call">The call.</param>
    /// <exception cref="CopyFailure">It threw, or took too long.</exception>
    /// <exception cref="OperationCanceledException">Waiting was interrupted.</exception>
    public async Task<StepResult> CallAsync(
        string what,
        TimeSpan limit,
        Func<IAsyncEnvironment, CancellationToken, ValueTask<StepResult>> call
    )
    {
        CancellationToken token = _given.Token;
        Task<StepResult> task = Task.Run(() => call(environment, token).AsTask(), CancellationToken.None);
        _running = task;
        try
        {
            return await task.WaitAsync(limit, options.Clock, interruption).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (interruption.IsCancellationRequested)
        {
            throw;
        }
        catch (TimeoutException) when (!task.IsCompleted)
        {
            await _given.CancelAsync().ConfigureAwait(false);
            throw new CopyFailure(what, $"it has not answered for {limit.TotalSeconds:0.###} seconds", null);
        }
        catch (Exception exception)
        {
            throw new CopyFailure(what, exception.Message, exception);
        }
    }

    /// <summary>Cancels what runs and disposes of the environment; never throws.</summary>
    /// <returns>What went wrong, as the end of a sentence; null where nothing did.</returns>
    public async Task<string?> EndAsync()
    {
        await _given.CancelAsync().ConfigureAwait(false);
        await Task.WhenAny(_running, Task.Delay(Grace)).ConfigureAwait(false);
        _ = _running.Exception; // nobody asks for it any longer
        Task end = Task.Run(() => environment.DisposeAsync().AsTask());
        try
        {
            await end.WaitAsync(options.DisposeTimeout, options.Clock).ConfigureAwait(false);
            return null;
        }
        catch (TimeoutException) when (!end.IsCompleted)
        {
            return $"did not end within {options.DisposeTimeout.TotalSeconds:0.###} seconds and is left to itself.";
        }
        catch (Exception exception)
        {
            return $"failed while it was disposed of: {exception.Message}";
        }
    }
}
