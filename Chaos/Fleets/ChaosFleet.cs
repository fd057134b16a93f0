using Chaos.Campaigns;
using Chaos.Processes;
using Environments.Randomness;
using Protos.Fleet;

namespace Chaos.Fleets;

/// <summary>A learner and its actors, each a process of the <c>agents</c> command, on a Unix socket. Owns the processes: disposing kills them.</summary>
internal sealed class ChaosFleet : IDisposable
{
    /// <summary>Name of the actor that fills batches up; nobody counts its unrolls.</summary>
    public const string Filler = "filler";

    private const int InterruptedExitCode = 130;
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan AnswerTime = TimeSpan.FromSeconds(2);

    private readonly ChaosOptions _options;
    private readonly FleetCommands _commands;
    private readonly StatusCalls _status;
    private readonly FleetProcess?[] _actors;
    private FleetProcess? _learner;
    private bool _journal;

    /// <summary>A fleet without processes.</summary>
    /// <param name="options">The campaign's.</param>
    /// <param name="name">Folder of its files below the campaign's.</param>
    /// <param name="actors">Actor processes.</param>
    /// <param name="settings">Settings of the run, <c>key=value</c>, besides those that every campaign has.</param>
    public ChaosFleet(ChaosOptions options, string name, int actors, params string[] settings)
    {
        PosixProcess.RequireLinux();
        _options = options;
        Files = new FleetFiles(Path.Combine(Path.GetFullPath(options.Folder), name));
        Directory.CreateDirectory(Files.Folder);
        Random = new Pcg64(options.Seed);
        LearnerLog = new ProcessLog(Files.LearnerLog);
        ActorLog = new ProcessLog(Files.ActorLog);
        _actors = new FleetProcess?[actors];
        _commands = new FleetCommands(options, Files, settings);
        _status = new StatusCalls(Files.Address, options.Slowdown * AnswerTime);
    }

    /// <summary>Its files.</summary>
    public FleetFiles Files { get; }

    /// <summary>Lines of the learner.</summary>
    public ProcessLog LearnerLog { get; }

    /// <summary>Lines of all actors.</summary>
    public ProcessLog ActorLog { get; }

    /// <summary>What campaigns draw from.</summary>
    public Pcg64 Random;

    /// <summary>Environment that is trained on.</summary>
    public string Environment { get; init; } = "CartPole-v1";

    /// <summary>The learner's process.</summary>
    public FleetProcess Learner => _learner ?? throw new InvalidOperationException("The learner was not started.");

    /// <summary>Actor processes, null where one is not running.</summary>
    public IReadOnlyList<FleetProcess?> Actors => _actors;

    /// <summary>How often a learner ended by itself.</summary>
    public int LearnerDeaths { get; private set; }

    /// <summary>How often an actor ended by itself.</summary>
    public int ActorDeaths { get; private set; }

    /// <summary>Starts the learner, or starts it again from its newest checkpoint.</summary>
    /// <param name="journal">Whether it keeps unrolls on disk.</param>
    public void StartLearner(bool journal = false)
    {
        _journal = journal;
        _learner?.Dispose();
        _learner = FleetProcess.Start(_commands.Learner(Environment, journal), LearnerLog, _options.Slowdown);
    }

    /// <summary>Starts an actor.</summary>
    public void StartActor(int actor)
    {
        _actors[actor]?.Dispose();
        _actors[actor] = Start(_commands.Actor($"actor-{actor}", "--audit", Files.ActorAudit(actor)));
    }

    /// <summary>Starts an actor that nobody counts; the caller owns it.</summary>
    public FleetProcess StartFiller() => Start(_commands.Actor(Filler));

    private FleetProcess Start(IReadOnlyList<string> actor) => FleetProcess.Start(actor, ActorLog, _options.Slowdown);

    /// <summary>Starts the learner and all actors and waits until all of them act.</summary>
    public async Task StartAsync(bool journal, CancellationToken cancellationToken)
    {
        StartLearner(journal);
        for (int i = 0; i < _actors.Length; i++)
        {
            StartActor(i);
        }
        await WaitAsync(
                "every actor has heard an acknowledgement",
                60,
                async () =>
                    await IsEveryoneActingAsync(cancellationToken).ConfigureAwait(false)
                    && Enumerable.Range(0, _actors.Length).All(actor => Files.Acknowledged(actor) > 0),
                cancellationToken
            )
            .ConfigureAwait(false);
    }

    /// <summary>The learner's status; null when it does not answer.</summary>
    public Task<FleetStatus?> StatusAsync(CancellationToken cancellationToken) => _status.AskAsync(cancellationToken);

    /// <summary>The learner's status, as soon as it answers.</summary>
    /// <exception cref="IOException">It does not.</exception>
    public async Task<FleetStatus> AskAsync(CancellationToken cancellationToken)
    {
        FleetStatus? status = null;
        await WaitAsync(
                "the learner answers",
                60,
                async () => (status = await StatusAsync(cancellationToken).ConfigureAwait(false)) is not null,
                cancellationToken
            )
            .ConfigureAwait(false);
        return status!;
    }

    /// <summary>Whether every actor is connected and has sent an unroll to this learner process.</summary>
    public async Task<bool> IsEveryoneActingAsync(CancellationToken cancellationToken) =>
        await StatusAsync(cancellationToken).ConfigureAwait(false) is { UnrollsTrained: > 0 } status
        && IsActing(status, new FleetStatus());

    /// <summary>Whether every actor is connected and has sent something since an earlier status.</summary>
    public bool IsActing(FleetStatus now, FleetStatus before) =>
        Enumerable
            .Range(0, _actors.Length)
            .All(i =>
                now.Actors.FirstOrDefault(actor => actor.ActorId == $"actor-{i}") is { Connected: true } actor
                && actor.Unrolls > (before.Actors.FirstOrDefault(other => other.ActorId == actor.ActorId)?.Unrolls ?? 0)
            );

    /// <summary>Waits for a condition.</summary>
    /// <param name="what">What it means.</param>
    /// <param name="seconds">How long to wait on an idle machine.</param>
    /// <param name="condition">Asked again and again.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>Seconds that it took.</returns>
    /// <exception cref="IOException">It did not come true in time, or the learner has ended.</exception>
    public async Task<double> WaitAsync(
        string what,
        double seconds,
        Func<Task<bool>> condition,
        CancellationToken cancellationToken
    )
    {
        seconds *= _options.Slowdown;
        long started = TimeProvider.System.GetTimestamp();
        while (!await condition().ConfigureAwait(false))
        {
            double elapsed = TimeProvider.System.GetElapsedTime(started).TotalSeconds;
            if (elapsed > seconds)
            {
                throw new IOException(
                    $"The fleet did not get so far that {what} within {seconds:0} seconds. Its logs lie in '{Files.Folder}'."
                );
            }
            NoteDeaths();
            await Task.Delay(PollInterval, cancellationToken).ConfigureAwait(false);
        }
        return TimeProvider.System.GetElapsedTime(started).TotalSeconds;
    }

    /// <summary>Counts processes that ended by themselves and starts them again, as a supervisor would.</summary>
    public void NoteDeaths()
    {
        if (_learner is { HasExited: true })
        {
            LearnerDeaths++;
            StartLearner(_journal);
        }
        for (int i = 0; i < _actors.Length; i++)
        {
            NoteDeathOf(i);
        }
    }

    /// <summary>Counts an actor that ended by itself and starts it again.</summary>
    public void NoteDeathOf(int actor)
    {
        if (_actors[actor] is { HasExited: true })
        {
            ActorDeaths++;
            StartActor(actor);
        }
    }

    /// <summary>Kills an actor.</summary>
    public async Task KillActorAsync(int actor)
    {
        if (_actors[actor] is { } process)
        {
            await process.KillAsync().ConfigureAwait(false);
            process.Dispose();
            _actors[actor] = null;
        }
    }

    /// <summary>Asks all actors to end, which lets them hear what is acknowledged until then.</summary>
    public async Task StopActorsAsync()
    {
        NoteDeaths();
        await Task.WhenAll(_actors.OfType<FleetProcess>().Select(actor => actor.StopAsync())).ConfigureAwait(false);
        for (int i = 0; i < _actors.Length; i++)
        {
            _actors[i]?.Dispose();
            _actors[i] = null;
        }
    }

    /// <summary>Lets the learner learn from what stopped actors have left in its queue, whose end may not fill a batch: another actor fills it up.</summary>
    public async Task FillUpAsync(CancellationToken cancellationToken)
    {
        using FleetProcess filler = StartFiller();
        FleetStatus now = await AskAsync(cancellationToken).ConfigureAwait(false);
        // The journal is read before the queue, and the queue in order: what waited is learned from before so many more are taken in.
        long enough = 2 * now.QueueCapacity + 20;
        await WaitAsync(
                "the queue is learned from",
                60,
                async () =>
                    await StatusAsync(cancellationToken).ConfigureAwait(false) is { } status
                    && status.Actors.Any(actor => actor.ActorId == Filler && actor.Unrolls > enough),
                cancellationToken
            )
            .ConfigureAwait(false);
        await filler.KillAsync().ConfigureAwait(false);
    }

    /// <summary>Asks the learner to save and end.</summary>
    public async Task StopLearnerAsync()
    {
        NoteDeaths();
        await Learner.StopAsync().ConfigureAwait(false);
        LearnerDeaths += Learner.ExitCode == InterruptedExitCode ? 0 : 1;
        _learner = null;
    }

    /// <summary>Stops everybody and counts.</summary>
    /// <param name="report">Receives the count and what went wrong, with bars.</param>
    /// <param name="mayLose">Whether acknowledged unrolls may be lost, because a learner without a journal was killed.</param>
    public async Task FinishAsync(ChaosReport report, bool mayLose = false)
    {
        await StopActorsAsync().ConfigureAwait(false);
        await StopLearnerAsync().ConfigureAwait(false);
        Files.Count(_actors.Length).AddTo(report, mayLose);
        report.AddAtMost("learner_errors", LearnerLog.Errors, 0);
        report.AddAtMost("learner_deaths", LearnerDeaths, 0);
        report.AddAtMost("actor_deaths", ActorDeaths, 0);
        foreach (string line in LearnerLog.FirstErrors.Concat(ActorLog.FirstErrors).Take(10))
        {
            report.Remark(line);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (FleetProcess? actor in _actors)
        {
            actor?.Dispose();
        }
        _learner?.Dispose();
        _status.Dispose();
        LearnerLog.Dispose();
        ActorLog.Dispose();
    }
}
