using Fleet.Publishing;
using Fleet.Telemetry;
using Learners.Composition;
using Learners.Configuration;
using Microsoft.Extensions.Logging;
using Protos.Fleet;

namespace Fleet.Admission;

/// <summary>Who joins a run, under which name and incarnation, and who is sent away again. Thread-safe.</summary>
internal sealed class Doorkeeper
{
    private readonly TrainingSettings _settings;
    private readonly string _runId;
    private readonly Roster _roster;
    private readonly ParameterStore _parameters;
    private readonly TimeProvider _clock;
    private readonly ILogger _log;
    private readonly HelloChecks _checks;
    private readonly string _settingsYaml;
    private volatile Goodbye? _closing;

    /// <summary>The doorkeeper of a run.</summary>
    /// <param name="settings">The run.</param>
    /// <param name="runId">Name of the run.</param>
    /// <param name="roster">Who is there.</param>
    /// <param name="parameters">Published parameters, of which those who join are told.</param>
    /// <param name="clock">Clock of idle times and leases.</param>
    /// <param name="log">Receives who comes and goes.</param>
    public Doorkeeper(
        TrainingSettings settings,
        string runId,
        Roster roster,
        ParameterStore parameters,
        TimeProvider clock,
        ILogger log
    )
    {
        _settings = settings;
        _runId = runId;
        _roster = roster;
        _parameters = parameters;
        _clock = clock;
        _log = log;
        _checks = new HelloChecks(settings, roster);
        _settingsYaml = SettingsSources.WriteForActors(settings);
    }

    /// <summary>Environment copies of an actor that does not say how many it wants.</summary>
    public int CopiesPerActor => _checks.CopiesPerActor;

    /// <summary>Whether everybody was sent away.</summary>
    public bool IsClosed => _closing is not null;

    /// <summary>Takes an actor in.</summary>
    /// <param name="hello">What it says about itself.</param>
    /// <returns>Its record, stream and welcome; or the goodbye it gets instead.</returns>
    public (ActorRecord? Actor, ActorConnection? Connection, LearnerMessage Answer) Join(Hello hello)
    {
        if (_checks.Obstacle(hello) is { } obstacle)
        {
            return TurnAway(hello, Goodbye.Types.Reason.NotWelcome, obstacle);
        }
        if (_closing is { } closing)
        {
            return (null, null, new LearnerMessage { Goodbye = closing });
        }
        if (_roster.TryGet(hello.ActorId) is not { } actor)
        {
            return TurnAway(
                hello,
                Goodbye.Types.Reason.TryLater,
                $"{Roster.Remembered} actors are here already, or were a moment ago. Start fewer."
            );
        }
        lock (actor)
        {
            if (actor.IsHeldAgainst(hello, _clock))
            {
                return TurnAway(
                    hello,
                    Goodbye.Types.Reason.TryLater,
                    $"The name '{actor.Id}' is held by another actor, which is connected or was a moment ago. Give every actor a name of its own with --id."
                );
            }
            actor.GiveTo(hello);
            if (actor.Quarantine is { } reason)
            {
                return (null, null, Farewell(Goodbye.Types.Reason.Quarantined, reason));
            }
            if (actor.Connection is { } current && current.Incarnation == hello.Incarnation && hello.Streams < current.Stream)
            {
                // A learner that was stopped finds hellos of streams that their actor has given up.
                return (null, null, Farewell(Goodbye.Types.Reason.Replaced, "A later stream of this actor is open."));
            }
            ActorConnection connection = Connect(actor, hello);
            FleetLog.Joined(_log, actor.Id, actor.Slot, actor.Copies, actor.Starts);
            return (actor, connection, new LearnerMessage { Welcome = WelcomeOf(actor) });
        }
    }

    /// <summary>Notes that a stream ended.</summary>
    /// <param name="actor">Whose.</param>
    /// <param name="connection">Which one.</param>
    /// <param name="broke">Whether it broke, so that the name is kept for its actor for a moment; else it left by itself.</param>
    public void Leave(ActorRecord actor, ActorConnection connection, bool broke = true)
    {
        lock (actor)
        {
            if (actor.Connection == connection)
            {
                actor.Connection = null;
                actor.LeaseStart = broke ? _clock.GetTimestamp() : null;
                FleetLog.Left(_log, actor.Id);
            }
        }
    }

    /// <summary>Holds a message that had to be refused against its actor; after too many in a row it is quarantined. Within the actor's lock.</summary>
    /// <param name="actor">Who sent it.</param>
    /// <param name="connection">Over which stream.</param>
    /// <param name="defect">What was wrong with it.</param>
    public void Blame(ActorRecord actor, ActorConnection connection, string defect)
    {
        actor.Defects++;
        if (actor.Defects >= _settings.Fleet.QuarantineAfter)
        {
            actor.Quarantine = $"{actor.Defects} messages in a row were refused, the last one because {defect}.";
            FleetLog.Quarantined(_log, actor.Id, actor.Quarantine);
            connection.Close(Goodbye.Types.Reason.Quarantined, actor.Quarantine);
        }
    }

    /// <summary>Sends every actor away; nobody joins from now on.</summary>
    public void Close(Goodbye.Types.Reason reason, string detail)
    {
        _closing = new Goodbye { Reason = reason, Detail = detail };
        foreach (ActorRecord actor in _roster.List())
        {
            lock (actor)
            {
                actor.Connection?.Close(reason, detail);
            }
        }
    }

    // Whatever stream the actor had before ends.
    private ActorConnection Connect(ActorRecord actor, Hello hello)
    {
        actor.Connection?.Close(Goodbye.Types.Reason.Replaced, $"A later stream of actor '{actor.Id}' took over.");
        var connection = new ActorConnection(hello.Incarnation, hello.Streams, hello.NextSequenceNumber);
        actor.Connection = connection;
        if (_closing is { } closedMeanwhile)
        {
            connection.Close(closedMeanwhile.Reason, closedMeanwhile.Detail);
        }
        actor.Copies = _checks.CopiesOf(hello);
        actor.LastMessage = _clock.GetTimestamp();
        if (!actor.Ledgers.ContainsKey(hello.Incarnation))
        {
            actor.Starts++;
        }
        actor.LatestIncarnation = hello.Incarnation;
        actor.ForgetSilent(hello.Incarnation);
        return connection;
    }

    private Welcome WelcomeOf(ActorRecord actor)
    {
        Ledger ledger = actor.LedgerOf(actor.LatestIncarnation);
        return new Welcome
        {
            RunId = _runId,
            SettingsYaml = _settingsYaml,
            Copies = (uint)actor.Copies,
            NextSequenceNumber = ledger.NextSafe,
            NextTaken = ledger.NextAccepted,
            MaxInFlight = (uint)_settings.Fleet.MaxInFlight,
            Slot = (uint)actor.Slot,
            Starts = (ulong)(actor.Starts - 1),
            Newest = _parameters.Newest,
            LockStep = _settings.Fleet.LockStep,
            Lag = (uint)_settings.Agent.FixedPolicyLag,
            NextBatch = _roster.BatchesAccepted,
        };
    }

    private (ActorRecord?, ActorConnection?, LearnerMessage) TurnAway(Hello hello, Goodbye.Types.Reason reason, string why)
    {
        // Whatever was sent for a name may be long, or hold what a terminal would obey.
        FleetLog.NotWelcome(_log, Roster.IsName(hello.ActorId) ? hello.ActorId : "without a name", why);
        return (null, null, Farewell(reason, why));
    }

    private static LearnerMessage Farewell(Goodbye.Types.Reason reason, string detail) =>
        new()
        {
            Goodbye = new Goodbye { Reason = reason, Detail = detail },
        };
}
