using Protos;

namespace Actors.Fleet;

/// <summary>Records on another thread, so that environments which hang can be left behind with it.</summary>
/// <param name="timeout">Time without a finished step after which they hang.</param>
/// <param name="clock">Clock of that time.</param>
internal sealed class StepWatch(TimeSpan timeout, TimeProvider clock)
{
    private const int LooksPerTimeout = 10;

    /// <summary>Records an unroll.</summary>
    /// <param name="worker">The environments.</param>
    /// <param name="unroll">Destination.</param>
    /// <param name="hurry">Cancelled when the actor is to end: then a tenth of the timeout is patience enough.</param>
    /// <exception cref="EnvironmentsFailedException">
    /// They threw; or they hang, and are lost with their thread, which disposes of them should it ever return.
    /// </exception>
    public async Task RecordAsync(EnvironmentWorker worker, Unroll unroll, CancellationToken hurry)
    {
        Task recording = Task.Run(() => worker.Record(unroll), CancellationToken.None);
        long steps = worker.Steps;
        int silent = 0;
        while (true)
        {
            try
            {
                await recording.WaitAsync(timeout / LooksPerTimeout, clock, CancellationToken.None).ConfigureAwait(false);
                return;
            }
            catch (TimeoutException) when (!recording.IsFaulted)
            {
                // Looks are counted instead of time, so that an actor that was stopped itself does not blame its environments.
                silent = worker.Steps == steps && !recording.IsCompleted ? silent + 1 : 0;
                if (silent == LooksPerTimeout || (silent > 0 && hurry.IsCancellationRequested))
                {
                    // Nobody can stop code that does not return.
                    _ = recording.ContinueWith(_ => worker.Dispose(), TaskScheduler.Default);
                    throw new EnvironmentsFailedException(
                        $"{worker.Settings.Environment} has not finished a step for {silent * timeout.TotalSeconds / LooksPerTimeout:0} seconds."
                    )
                    {
                        AreLost = true,
                    };
                }
                steps = worker.Steps;
            }
            catch (Exception exception) when (recording.IsFaulted)
            {
                throw new EnvironmentsFailedException($"{worker.Settings.Environment} threw: {exception.Message}", exception);
            }
        }
    }
}
