using System.Globalization;
using System.Text.Json;

namespace Studies.Cluster.Queue;

/// <summary>
/// Who does which leg: handed out under a number of its own, so that a worker that was taken for dead and wakes up changes nothing any more. Not
/// thread-safe.
/// </summary>
/// <remarks>
/// A worker keeps saying what came of a leg until it is forgotten. So a table that lost the last second goes on with what it has: what it does not know
/// it is told again, and what it knows better it takes back.
/// </remarks>
/// <param name="clock">Tells silences.</param>
internal sealed class WorkQueue(TimeProvider clock)
{
    /// <summary>Silence of a worker after which others get its legs.</summary>
    public static readonly TimeSpan WorkerLimit = TimeSpan.FromSeconds(15);

    /// <summary>Silence of a study after which none of its legs are handed out: nobody would send the order.</summary>
    public static readonly TimeSpan StudyPatience = TimeSpan.FromSeconds(15);

    /// <summary>Silence of a study after which its legs are removed.</summary>
    public static readonly TimeSpan StudyLimit = TimeSpan.FromHours(1);

    // An answer that was lost on its way to the worker is not in the worker's next report.
    private static readonly TimeSpan AnswerPatience = TimeSpan.FromSeconds(6);

    // Whoever did not look for so long stood still itself, and what it did not hear says nothing.
    private static readonly TimeSpan OwnPause = TimeSpan.FromSeconds(5);

    private readonly Dictionary<string, KnownWorker> _workers = [];
    private readonly Dictionary<string, long> _studies = [];
    private SortedDictionary<(string Study, int Leg), WorkItem> _items = [];
    private Dictionary<(string Study, int Leg), long> _granted = [];
    private long _lastEpoch;
    private long _looked = clock.GetTimestamp();

    /// <summary>Counts what has to be kept.</summary>
    public long Changes { get; private set; }

    /// <summary>All legs.</summary>
    public IReadOnlyCollection<WorkItem> Items => _items.Values;

    /// <summary>What has to be kept, as text.</summary>
    public string Write() => JsonSerializer.Serialize(new Kept(_lastEpoch, [.. _items.Values]));

    /// <summary>Goes back to what was kept; what was heard of workers and studies stays.</summary>
    public void Read(string? text)
    {
        Kept kept = text is null ? new Kept(0, []) : JsonSerializer.Deserialize<Kept>(text)!;
        _lastEpoch = kept.LastEpoch;
        _items = new(kept.Items.ToDictionary(item => (item.Study, item.Leg)), Order);
        _granted = _granted.Where(pair => _items.ContainsKey(pair.Key)).ToDictionary();
        foreach (WorkItem item in _items.Values)
        {
            // They were heard of before this queue was read, and have as long as anybody to be heard again.
            if (item.Worker is { } worker && !_workers.ContainsKey(worker))
            {
                _workers[worker] = new KnownWorker { Heard = clock.GetTimestamp() };
            }
            _studies.TryAdd(item.Study, clock.GetTimestamp());
        }
    }

    // Above all earlier ones, also where the table has forgotten them.
    private long NextEpoch() => _lastEpoch = Math.Max(_lastEpoch + 1, clock.GetUtcNow().ToUnixTimeMilliseconds());

    /// <summary>Adds a leg; one that is there stays as it is, but is not cancelled any more.</summary>
    public void Add(string study, int leg, string what)
    {
        _studies[study] = clock.GetTimestamp();
        if (!_items.TryGetValue((study, leg), out WorkItem? item))
        {
            Keep(
                new WorkItem
                {
                    Study = study,
                    Leg = leg,
                    What = what,
                }
            );
        }
        else if (item.IsCancelled)
        {
            Keep(item with { IsCancelled = false });
        }
    }

    /// <summary>Hands out legs: of studies in turn, the lowest number first.</summary>
    public LegKey[] Take(string worker, string address, int free)
    {
        WorkItem[] taken =
        [
            .. _items
                .Values.Where(item => item is { Phase: WorkPhase.Waiting, IsCancelled: false })
                .Where(item => Silence(item.Study) < StudyPatience)
                .GroupBy(item => item.Study)
                .SelectMany(study => study.Select((item, index) => (Item: item, Index: index)))
                .OrderBy(pair => pair.Index)
                .Select(pair => pair.Item)
                .Take(free),
        ];
        return Array.ConvertAll(
            taken,
            item =>
            {
                _granted[(item.Study, item.Leg)] = clock.GetTimestamp();
                WorkItem held = item with { Phase = WorkPhase.Held, Worker = worker, Address = address, Epoch = NextEpoch() };
                Keep(held);
                return new LegKey(held.Study, held.Leg, held.Epoch);
            }
        );
    }

    /// <summary>Hears of a worker.</summary>
    public BeatReply Beat(WorkerBeat beat)
    {
        _workers[beat.Worker] = new KnownWorker
        {
            Heard = clock.GetTimestamp(),
            Slots = beat.Slots,
            Held = beat.Held,
        };
        List<LegKey> drop = [];
        List<LegKey> stop = [];
        foreach (HeldReport report in beat.Held)
        {
            if (Find(report.Key) is not { } item || item.Worker != beat.Worker)
            {
                drop.Add(report.Key);
            }
            else if (report.Phase == HeldPhase.Waiting && Silence(item.Study) > StudyPatience)
            {
                Keep(item.Freed); // nobody would send its order, and others need the slot
                drop.Add(report.Key);
            }
            else if (report.Phase is HeldPhase.Waiting or HeldPhase.Running)
            {
                if (item.IsCancelled)
                {
                    stop.Add(report.Key);
                }
            }
            else if (item.Phase == WorkPhase.Held)
            {
                Keep(item with { Phase = PhaseOf(report.Phase), Text = report.Text });
            }
        }
        foreach (WorkItem item in _items.Values.Where(item => item.Worker == beat.Worker).ToArray())
        {
            bool isNew =
                _granted.TryGetValue((item.Study, item.Leg), out long granted) && clock.GetElapsedTime(granted) < AnswerPatience;
            if (!isNew && !Array.Exists(beat.Held, report => report.Key == item.Key))
            {
                Keep(item.Freed);
            }
        }
        if (drop.Count > 0)
        {
            Changes++; // an older copy of the queue, which knows less, cannot have anything dropped: it could not be written
        }
        return new BeatReply([.. drop], [.. stop]);
    }

    /// <summary>Hears that a worker has gone; what it held waits again.</summary>
    public void Leave(string worker)
    {
        _workers.Remove(worker);
        foreach (WorkItem item in _items.Values.Where(item => item.Worker == worker).ToArray())
        {
            Keep(item.Freed);
        }
    }

    /// <summary>Tells of a study, and hears that it is carried out.</summary>
    public StudyView Poll(string study)
    {
        _studies[study] = clock.GetTimestamp();
        return new StudyView(
            _workers.Values.Where(worker => clock.GetElapsedTime(worker.Heard) < WorkerLimit).Sum(worker => worker.Slots),
            [.. _items.Values.Where(item => item.Study == study).Select(ViewOf)]
        );
    }

    /// <summary>Asks that a leg saves and stops; one that nobody holds is removed.</summary>
    public void Cancel(string study, int leg)
    {
        if (_items.TryGetValue((study, leg), out WorkItem? item) && !item.IsCancelled)
        {
            if (item.Phase == WorkPhase.Waiting)
            {
                Forget(study, leg);
                return;
            }
            Keep(item with { IsCancelled = true });
        }
    }

    /// <summary>Lets a leg wait again that was stopped.</summary>
    public void Return(LegKey key)
    {
        if (Find(key) is { Phase: WorkPhase.Stopped } item)
        {
            Keep(item.Freed);
        }
    }

    /// <summary>Removes a leg.</summary>
    public void Forget(string study, int leg)
    {
        if (_items.Remove((study, leg)))
        {
            _granted.Remove((study, leg));
            Changes++;
        }
    }

    /// <summary>Takes legs back from workers that are dead or silent, and removes those of studies that nobody carries out.</summary>
    /// <param name="isDead">Whether a worker is known to be dead.</param>
    /// <returns>What was taken back.</returns>
    public IReadOnlyList<WorkLoss> Look(Predicate<string> isDead)
    {
        bool stood = clock.GetElapsedTime(_looked) > OwnPause;
        _looked = clock.GetTimestamp();
        if (stood)
        {
            foreach (KnownWorker worker in _workers.Values)
            {
                worker.Heard = _looked;
            }
        }
        List<WorkLoss> losses = [];
        foreach ((string id, KnownWorker worker) in _workers.ToArray())
        {
            TimeSpan silence = clock.GetElapsedTime(worker.Heard);
            bool dead = isDead(id);
            if (!dead && silence < WorkerLimit)
            {
                continue;
            }
            _workers.Remove(id);
            foreach (WorkItem item in _items.Values.Where(item => item.Worker == id).ToArray())
            {
                string trouble = string.Create(
                    CultureInfo.InvariantCulture,
                    $"The worker {item.Address} {(dead ? "is gone" : "hangs")}: nothing was heard of it for {silence.TotalSeconds:0.0} s."
                );
                WorkItem waiting = item.Freed with { Losses = item.Losses + 1, Trouble = trouble };
                Keep(waiting);
                losses.Add(new WorkLoss(waiting, id, silence));
            }
        }
        foreach (string study in _studies.Keys.Where(study => Silence(study) > StudyLimit).ToArray())
        {
            _studies.Remove(study);
            foreach (WorkItem item in _items.Values.Where(item => item.Study == study).ToArray())
            {
                Forget(study, item.Leg);
            }
        }
        return losses;
    }

    private static Comparer<(string Study, int Leg)> Order { get; } =
        Comparer<(string Study, int Leg)>.Create(
            (a, b) => string.CompareOrdinal(a.Study, b.Study) is var study and not 0 ? study : a.Leg.CompareTo(b.Leg)
        );

    private static WorkPhase PhaseOf(HeldPhase phase) =>
        phase switch
        {
            HeldPhase.Waiting or HeldPhase.Running => WorkPhase.Held,
            HeldPhase.Ended => WorkPhase.Ended,
            HeldPhase.Stopped => WorkPhase.Stopped,
            HeldPhase.Failed => WorkPhase.Failed,
        };

    private WorkItem? Find(LegKey key) =>
        _items.TryGetValue((key.Study, key.Leg), out WorkItem? item) && item.Epoch == key.Epoch ? item : null;

    private TimeSpan Silence(string study) =>
        _studies.TryGetValue(study, out long heard) ? clock.GetElapsedTime(heard) : TimeSpan.MaxValue;

    private void Keep(WorkItem item)
    {
        _items[(item.Study, item.Leg)] = item;
        Changes++;
    }

    private WorkView ViewOf(WorkItem item) =>
        item.SeenWith(
            item.Worker is { } worker && _workers.TryGetValue(worker, out KnownWorker? known)
                ? Array.Find(known.Held, held => held.Key == item.Key)
                : null
        );

    private sealed record Kept(long LastEpoch, WorkItem[] Items);
}
