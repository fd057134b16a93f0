using System.Collections.Concurrent;
using Studies.Legs;
using Studies.Trials;

namespace Studies.Execution;

/// <summary>
/// Asks the controller of a study what to train, has it trained, and writes down both. What it decided is in the journal before anything is trained, and a
/// result before anything is decided from it.
/// </summary>
/// <param name="plan">The study.</param>
/// <param name="journal">Its journal.</param>
/// <param name="runner">Trains legs.</param>
/// <param name="prune">Told after each end what is still needed.</param>
/// <param name="progress">Told about twice a second, and at each end; null for nobody.</param>
/// <param name="clock">Clock of the progress.</param>
internal sealed class StudyEngine(
    StudyPlan plan,
    StudyJournal journal,
    ILegRunner runner,
    Action<StudyState> prune,
    IProgress<StudyProgress>? progress,
    TimeProvider clock
)
{
    private const int MostAttempts = 5;

    private static readonly TimeSpan ReportInterval = TimeSpan.FromMilliseconds(500);

    private readonly ConcurrentDictionary<int, long> _steps = [];
    private readonly Dictionary<int, Task<LegResult>> _running = [];
    private int _lost;

    private StudyState State => journal.State;

    /// <summary>Trains until nothing is left.</summary>
    /// <exception cref="OperationCanceledException">It was cancelled; what trained has saved, and the study can be gone on with.</exception>
    /// <exception cref="IOException">The folder cannot be written; what trained was stopped and has saved.</exception>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        try
        {
            // What was begun before the study was stopped is decided: it is trained first.
            Queue<Leg> begun = new(State.Running.Select(record => record.Leg).ToArray());
            while (true)
            {
                cancellationToken.ThrowIfCancellationRequested();
                int capacity = runner.Capacity; // asked once: it may change at any time, and without any nothing was decided
                while (_running.Count < capacity && NextOf(begun) is { } leg)
                {
                    Start(leg, stop.Token);
                }
                Report();
                if (_running.Count == 0 && capacity > 0)
                {
                    return;
                }
                // A stopped leg is waited for until it has saved.
                await Task.WhenAny([.. _running.Values, Task.Delay(ReportInterval, clock, cancellationToken)])
                    .ConfigureAwait(false);
                foreach (int number in _running.Where(pair => pair.Value.IsCompleted).Select(pair => pair.Key).ToArray())
                {
                    await EndAsync(number, begun).ConfigureAwait(false);
                }
            }
        }
        catch
        {
            await stop.CancelAsync().ConfigureAwait(false);
            await LetEndAsync().ConfigureAwait(false);
            throw;
        }
    }

    private Leg? NextOf(Queue<Leg> begun)
    {
        if (begun.TryDequeue(out Leg? again))
        {
            return again;
        }
        Leg? next = plan.Controller.Next(State);
        if (next is not null)
        {
            journal.Begin(next);
        }
        return next;
    }

    private void Start(Leg leg, CancellationToken stop)
    {
        _steps[leg.Number] = leg.Continues is { } before ? State.Legs[before].Result!.Steps : 0;
        _running[leg.Number] = runner.RunAsync(plan.OrderOf(leg, State), new Steps(_steps, leg.Number), stop);
    }

    private async Task EndAsync(int number, Queue<Leg> begun)
    {
        _running.Remove(number, out Task<LegResult>? ended);
        _steps.TryRemove(number, out _);
        LegResult result;
        try
        {
            result = await ended!.ConfigureAwait(false);
        }
        catch (LegLostException exception)
        {
            journal.Lose(number);
            int attempts = State.LossesOf(number);
            if (attempts < MostAttempts)
            {
                _lost++;
                begun.Enqueue(State.Legs[number].Leg);
                return;
            }
            result = new LegResult
            {
                Score = double.NaN,
                Steps = 0,
                Failure = $"{exception.Message} It was tried {attempts} times.",
            };
        }
        if (result.Failure is not null)
        {
            // Nothing of it remains: its trial is where it was.
            result = result with
            {
                Steps = State.Legs[number].Leg.Continues is { } before ? State.Legs[before].Result!.Steps : 0,
            };
        }
        journal.End(number, result);
        prune(State);
    }

    // What was asked to save and end; whatever it throws now, the reason to stop is another.
    private async Task LetEndAsync()
    {
        foreach ((int number, Task<LegResult> running) in _running.ToArray())
        {
            try
            {
                LegResult result = await running.ConfigureAwait(false);
                if (result.Failure is null)
                {
                    journal.End(number, result);
                }
            }
            catch (Exception exception) when (exception is not OutOfMemoryException)
            {
                // Its folder is as its last checkpoint left it, and the others are waited for, too.
            }
        }
    }

    private void Report() =>
        progress?.Report(
            new StudyProgress(
                plan,
                [.. State.Legs.Select(record => new LegView(record.Leg, record.Result))],
                new Dictionary<int, long>(_steps),
                _lost
            )
        );

    private sealed class Steps(ConcurrentDictionary<int, long> steps, int number) : IProgress<long>
    {
        public void Report(long value)
        {
            // After its end nobody counts it.
            if (steps.TryGetValue(number, out long before))
            {
                steps.TryUpdate(number, value, before);
            }
        }
    }
}
