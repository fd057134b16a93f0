using Actors.Fleet;
using Environments.Randomness;
using Grpc.Core;
using Grpc.Net.Client;
using Protos.Fleet;
using Protos.Rpc;

namespace Chaos;

/// <summary>A learner and its actors, each a process of the <c>agents</c> command, on a Unix socket. Owns the processes: disposing kills them.</summary>
internal sealed class ChaosFleet : IDisposable
{
    /// <summary>Name of the actor that fills batches up; nobody counts its unrolls.</summary>
    public const string Filler = "filler";

    private const int InterruptedExitCode = 130;
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan AnswerTime = TimeSpan.FromSeconds(2);

    private readonly ChaosOptions _options;
    private readonly string[] _settings;
    private readonly string _socket;
    private readonly GrpcChannel _channel;
    private readonly CallInvoker _invoker;
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
        // Unrolls that are refused for their age are acknowledged but not learned from; without a limit every one can be counted.
        _settings = ["evaluation.episodes=0", "fleet.max_policy_age=0", .. settings];
        Folder = Path.Combine(Path.GetFullPath(options.Folder), name);
        Directory.CreateDirectory(Folder);
        _socket = Path.Combine(Folder, "s");
        Random = new Pcg64(options.Seed);
        LearnerLog = new ProcessLog(Path.Combine(Folder, "learner.log"));
        ActorLog = new ProcessLog(Path.Combine(Folder, "actors.log"));
        _actors = new FleetProcess?[actors];
        _channel = FleetChannel.Open(Address, token: null);
        _invoker = _channel.CreateCallInvoker();
    }

    /// <summary>Folder of its files.</summary>
    public string Folder { get; }

    /// <summary>Address of the learner.</summary>
    public string Address => "unix:" + _socket;

    /// <summary>Run folder.</summary>
    public string Run => Path.Combine(Folder, "run");

    /// <summary>Audit of the learner.</summary>
    public string LearnerAudit => Path.Combine(Folder, "learner.audit");

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

    /// <summary>Audit of an actor.</summary>
    public string ActorAudit(int actor) => Path.Combine(Folder, $"actor-{actor}.audit");

    /// <summary>Starts the learner, or starts it again from its newest checkpoint.</summary>
    /// <param name="journal">Whether it keeps unrolls on disk.</param>
    public void StartLearner(bool journal = false)
    {
        _journal = journal;
        List<string> command =
        [
            // Writing beyond a limit on file sizes must fail, not kill.
            "/bin/sh",
            "-c",
            "trap '' XFSZ; exec \"$0\" \"$@\"",
            .. _options.Command,
            "learner",
            Environment,
            "--steps",
            "1000000000000",
            "--listen",
            Address,
            "--out",
            Run,
            "--continue",
            "--audit",
            LearnerAudit,
            .. journal ? ["--journal"] : (string[])[],
            "--set",
            .. _settings,
        ];
        if (Directory.Exists(Run))
        {
            // What a resumed run takes from its folder may not be said again.
            command.RemoveRange(command.IndexOf("learner") + 1, 1);
            command[command.IndexOf("--out")] = "--resume";
            command.Remove("--continue");
            command.RemoveRange(command.IndexOf("--set"), 1 + _settings.Length);
        }
        _learner?.Dispose();
        _learner = FleetProcess.Start(command, LearnerLog, _options.Slowdown);
    }

    /// <summary>Starts an actor.</summary>
    public void StartActor(int actor)
    {
        _actors[actor]?.Dispose();
        _actors[actor] = Start($"actor-{actor}", "--audit", ActorAudit(actor));
    }

    /// <summary>Starts an actor that nobody counts; the caller owns it.</summary>
    public FleetProcess StartFiller() => Start(Filler);

    private FleetProcess Start(string actor, params string[] more) =>
        FleetProcess.Start(
            [
                .. _options.Command,
                "actor",
                "--learner",
                Address,
                "--id",
                actor,
                "--step-timeout",
                $"{(int)_options.StepTimeout.TotalSeconds}",
                .. more,
            ],
            ActorLog,
            _options.Slowdown
        );

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
                    && Enumerable.Range(0, _actors.Length).All(actor => Acknowledged(actor) > 0),
                cancellationToken
            )
            .ConfigureAwait(false);
    }

    /// <summary>The learner's status; null when it does not answer.</summary>
    public async Task<FleetStatus?> StatusAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await _invoker
                .AsyncUnaryCall(
                    FleetMethods.GetStatus,
                    null,
                    new CallOptions(
                        deadline: DateTime.UtcNow + _options.Slowdown * AnswerTime,
                        cancellationToken: cancellationToken
                    ),
                    new StatusRequest()
                )
                .ConfigureAwait(false);
        }
        catch (RpcException) when (!cancellationToken.IsCancellationRequested)
        {
            return null;
        }
    }

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
                    $"The fleet did not get so far that {what} within {seconds:0} seconds. Its logs lie in '{Folder}'."
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
        Count().AddTo(report, mayLose);
        report.AddAtMost("learner_errors", LearnerLog.Errors, 0);
        report.AddAtMost("learner_deaths", LearnerDeaths, 0);
        report.AddAtMost("actor_deaths", ActorDeaths, 0);
        foreach (string line in LearnerLog.FirstErrors.Concat(ActorLog.FirstErrors).Take(10))
        {
            report.Remark(line);
        }
    }

    /// <summary>Unrolls that an actor has heard acknowledged.</summary>
    public int Acknowledged(int actor) => File.Exists(ActorAudit(actor)) ? File.ReadLines(ActorAudit(actor)).Count() : 0;

    /// <summary>Counts the audits as they are.</summary>
    public UnrollCount Count() => UnrollCount.Of(Enumerable.Range(0, _actors.Length).Select(ActorAudit), LearnerAudit);

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (FleetProcess? actor in _actors)
        {
            actor?.Dispose();
        }
        _learner?.Dispose();
        _channel.Dispose();
        LearnerLog.Dispose();
        ActorLog.Dispose();
    }
}
