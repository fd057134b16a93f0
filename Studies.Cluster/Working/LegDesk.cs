using System.Threading.Channels;
using Agents.Files;
using Learners.Checkpoints;
using Learners.Runs;
using Learners.Training;
using Studies.Cluster.Queue;
using Studies.Legs;
using Studies.Trials;

namespace Studies.Cluster.Working;

/// <summary>The legs that a worker holds: they wait for their order, train, and are kept until they are asked for no more. Thread-safe.</summary>
/// <param name="scratch">Folder for them.</param>
/// <param name="slots">Legs that are trained at a time.</param>
/// <param name="options">Where environments and agents are looked up.</param>
internal sealed class LegDesk(string scratch, int slots, TrainingOptions options)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<LegKey, HeldLeg> _held = [];
    private readonly HashSet<Task> _training = [];
    private readonly Channel<bool> _changed = Channel.CreateUnbounded<bool>();

    /// <summary>Legs that could be taken now.</summary>
    public int Free
    {
        get
        {
            lock (_lock)
            {
                return slots - _held.Values.Count(leg => leg.Phase is HeldPhase.Waiting or HeldPhase.Running);
            }
        }
    }

    /// <summary>Waits until a leg has ended, or the time is over; whether one has.</summary>
    public async Task<bool> WaitAsync(TimeSpan time, CancellationToken cancellationToken)
    {
        using var late = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        late.CancelAfter(time);
        try
        {
            return await _changed.Reader.ReadAsync(late.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }

    /// <summary>Holds a leg from now on.</summary>
    public void Accept(LegKey key)
    {
        lock (_lock)
        {
            _held.TryAdd(key, new HeldLeg(key, Path.Combine(scratch, $"{key.Study}-{key.Leg}-{key.Epoch}")));
        }
    }

    /// <summary>What the queue is told.</summary>
    public HeldReport[] Report()
    {
        lock (_lock)
        {
            return
            [
                .. _held.Values.Select(leg => new HeldReport(
                    leg.Key,
                    leg.Phase,
                    leg.Steps,
                    leg.Order is { IsRun: true } order ? NewestCheckpoint(Path.Combine(leg.Root, order.Folder)) : 0,
                    leg.Text
                )),
            ];
        }
    }

    /// <summary>Steps of the newest checkpoint of a run's folder; 0 for none.</summary>
    public static long NewestCheckpoint(string folder) =>
        new CheckpointStore(new RunFolder(folder).Checkpoints, 1).List() is [var newest, ..] ? newest.Steps : 0;

    /// <summary>Whether a leg is held and waits for its order; null where it is not held.</summary>
    public bool? IsWaiting(LegKey key)
    {
        lock (_lock)
        {
            return _held.TryGetValue(key, out HeldLeg? leg) ? leg.Phase == HeldPhase.Waiting : null;
        }
    }

    /// <summary>Begins to train.</summary>
    /// <param name="key">The leg.</param>
    /// <param name="order">Its order.</param>
    /// <param name="files">Folder with the files that it reads, which becomes the leg's.</param>
    /// <returns>Whether it was still waiting.</returns>
    public bool Begin(LegKey key, LegOrder order, string files)
    {
        lock (_lock)
        {
            if (!_held.TryGetValue(key, out HeldLeg? leg) || leg.Phase != HeldPhase.Waiting)
            {
                return false;
            }
            AtomicFolder.TryDelete(leg.Root);
            Directory.Move(files, leg.Root);
            leg.Order = order;
            leg.Phase = HeldPhase.Running;
            var training = Task.Run(() => TrainAsync(leg));
            _training.Add(training);
            training.ContinueWith(
                ended =>
                {
                    lock (_lock)
                    {
                        _training.Remove(ended);
                    }
                },
                CancellationToken.None,
                TaskContinuationOptions.ExecuteSynchronously,
                TaskScheduler.Default
            );
            return true;
        }
    }

    /// <summary>Where the folder of a leg is and what it is called; null where it is not held, or has no order.</summary>
    public (string Root, string Folder)? FolderOf(LegKey key)
    {
        lock (_lock)
        {
            return _held.TryGetValue(key, out HeldLeg? leg) && leg.Order is { } order ? (leg.Root, order.Folder) : null;
        }
    }

    /// <summary>Asks a leg to save and end; one without an order is stopped at once.</summary>
    public void Stop(LegKey key)
    {
        lock (_lock)
        {
            if (_held.TryGetValue(key, out HeldLeg? leg))
            {
                Stop(leg);
            }
        }
    }

    /// <summary>Asks all legs to save and end.</summary>
    public void StopAll()
    {
        lock (_lock)
        {
            foreach (HeldLeg leg in _held.Values)
            {
                Stop(leg);
            }
        }
    }

    /// <summary>Holds a leg no more: its folder is deleted, once its training has ended.</summary>
    public void Drop(LegKey key)
    {
        lock (_lock)
        {
            if (_held.Remove(key, out HeldLeg? leg))
            {
                leg.IsDropped = true;
                bool trains = leg.Phase == HeldPhase.Running;
                Stop(leg);
                if (!trains)
                {
                    Delete(leg);
                }
            }
        }
    }

    /// <summary>Drops all legs and waits until nothing trains.</summary>
    public async Task DropAllAsync()
    {
        Task[] training;
        lock (_lock)
        {
            foreach (LegKey key in _held.Keys.ToArray())
            {
                Drop(key);
            }
            training = [.. _training];
        }
        await Task.WhenAll(training).ConfigureAwait(false);
    }

    private static void Stop(HeldLeg leg)
    {
        if (leg.Phase == HeldPhase.Waiting)
        {
            leg.Phase = HeldPhase.Stopped;
        }
        else if (leg.Phase == HeldPhase.Running)
        {
            leg.Stop.Cancel();
        }
    }

    private static void Delete(HeldLeg leg)
    {
        AtomicFolder.TryDelete(leg.Root);
        leg.Dispose();
    }

    private async Task TrainAsync(HeldLeg leg)
    {
        HeldPhase phase;
        string? text = null;
        LegResult? result = null;
        try
        {
            result = await new LegTraining(leg.Root, options)
                .RunAsync(leg.Order!, new Steps(leg), leg.Stop.Token)
                .ConfigureAwait(false);
            phase = HeldPhase.Ended;
        }
        catch (OperationCanceledException)
        {
            phase = HeldPhase.Stopped;
        }
        catch (Exception exception)
        {
            phase = HeldPhase.Failed;
            text = exception.Message.ReplaceLineEndings(" ");
        }
        lock (_lock)
        {
            leg.Text = result is null ? text : LegMessages.Write(result);
            leg.Steps = result?.Steps ?? leg.Steps;
            leg.Phase = phase;
            if (leg.IsDropped)
            {
                Delete(leg);
            }
        }
        _changed.Writer.TryWrite(true);
    }

    private sealed class Steps(HeldLeg leg) : IProgress<long>
    {
        public void Report(long value) => leg.Steps = value;
    }
}
