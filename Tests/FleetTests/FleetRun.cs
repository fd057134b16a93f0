using Actors.Fleet;
using Agents.Networks;
using Environments;
using Fleet;
using Fleet.Hosting;
using Learners.Composition;
using Learners.Impala;
using Learners.Training;
using Tests.Waits;

namespace Tests.FleetTests;

/// <summary>A learner and its actors in one process, over a socket in a folder.</summary>
internal sealed class FleetRun(TemporaryFolder folder, TimeProvider? clock = null) : IProgress<TrainingProgress>, IDisposable
{
    private readonly TimeProvider _clock = clock ?? TimeProvider.System;
    private readonly CancellationTokenSource _limit = Deadline.Source();

    /// <summary>Settings of a small run on CartPole: batches of 4 copies × 8 steps.</summary>
    public static TrainingSettings Small { get; } =
        new()
        {
            Environment = "CartPole-v1",
            TotalSteps = 50 * 32,
            Network = new NetworkSettings { HiddenSizes = [16] },
            Agent = new ImpalaSettings { Copies = 4, UnrollLength = 8 },
            Evaluation = new EvaluationSettings { Episodes = 0, FinalEpisodes = 1 },
        };

    public string Address => "unix:" + folder.In("s");
    public string Folder => folder.In("run");
    public string AuditFile => folder.In("audit.txt");
    public List<string> Warnings { get; } = [];
    public List<string> ActorLog { get; } = [];

    /// <summary>What actors were told to be safe.</summary>
    public HashSet<string> Acknowledged { get; } = [];

    /// <summary>Told about every update.</summary>
    public Action<TrainingProgress>? Updated { get; set; }

    /// <summary>Adds callbacks to the learner's options.</summary>
    public Func<TrainingOptions, TrainingOptions> Callbacks { get; init; } = options => options;

    /// <summary>Where both sides look environments up.</summary>
    public EnvironmentRegistry Registry { get; init; } = EnvironmentRegistry.Default;

    private FleetOptions Fleet =>
        new()
        {
            Listen = Address,
            AuditFile = AuditFile,
            ShutdownTimeout = Deadline.Patience,
        };

    private TrainingOptions Options =>
        new()
        {
            OutputFolder = Folder,
            Warn = Warnings.Add,
            Clock = _clock,
            Registry = Registry,
            Progress = this,
        };

    public Task<TrainingResult> LearnAsync(TrainingSettings settings, CancellationToken cancellationToken = default) =>
        FleetLearner.TrainAsync(settings, Fleet, Callbacks(Options), cancellationToken).WaitAsync(_limit.Token);

    public Task<TrainingResult> ResumeAsync() => FleetLearner.ResumeAsync(Folder, null, Fleet, Options).WaitAsync(_limit.Token);

    public async Task<ActorResult> ActAsync(string id, int copies = 0, CancellationToken cancellationToken = default)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(_limit.Token, cancellationToken);
        return await ActorRunner.RunAsync(
            new ActorOptions
            {
                Learner = Address,
                Id = id,
                Copies = copies,
                Clock = _clock,
                StepTimeout = Deadline.Patience,
                Registry = Registry,
                Log = line => Locked(ActorLog, () => ActorLog.Add(line)),
                Acknowledged = (incarnation, number) =>
                    Locked(Acknowledged, () => Acknowledged.Add($"{id} {incarnation} {number}")),
            },
            either.Token
        );
    }

    /// <summary>Trains with one actor to the end.</summary>
    public async Task<(TrainingResult Learner, ActorResult Actor)> RunAsync(TrainingSettings settings)
    {
        Task<TrainingResult> learning = LearnAsync(settings);
        Task<ActorResult> acting = ActAsync("actor");
        return (await learning, await acting);
    }

    /// <summary>Blocks until actors have logged a number of lines of a kind.</summary>
    public void AwaitActorLog(string part, int lines)
    {
        Deadline.Until(() => Count() >= lines);

        int Count()
        {
            lock (ActorLog)
            {
                return ActorLog.Count(line => line.Contains(part, StringComparison.Ordinal));
            }
        }
    }

    public void Report(TrainingProgress value) => Updated?.Invoke(value);

    public void Dispose() => _limit.Dispose();

    private static void Locked(object of, Action action)
    {
        lock (of)
        {
            action();
        }
    }
}
