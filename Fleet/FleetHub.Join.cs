using Agents.Policies.Acting;
using Protos.Fleet;
using Protos.Rpc;

namespace Fleet;

/// <content>Who is let in.</content>
internal sealed partial class FleetHub
{
    /// <summary>Takes an actor in.</summary>
    /// <param name="hello">What it says about itself.</param>
    /// <returns>Its record, stream and welcome; or the goodbye it gets instead.</returns>
    public (ActorRecord? Actor, ActorConnection? Connection, LearnerMessage Answer) Join(Hello hello)
    {
        if (Obstacle(hello) is { } obstacle)
        {
            return TurnAway(hello, Goodbye.Types.Reason.NotWelcome, obstacle);
        }
        if (_closing is { } closing)
        {
            return (null, null, new LearnerMessage { Goodbye = closing });
        }
        int copies = hello.Copies == 0 ? CopiesPerActor : (int)hello.Copies;
        if (Roster.TryGet(hello.ActorId) is not { } actor)
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
            actor.Connection?.Close(Goodbye.Types.Reason.Replaced, $"A later stream of actor '{actor.Id}' took over.");
            var connection = new ActorConnection(hello.Incarnation, hello.Streams, hello.NextSequenceNumber);
            actor.Connection = connection;
            if (_closing is { } closedMeanwhile)
            {
                connection.Close(closedMeanwhile.Reason, closedMeanwhile.Detail);
            }
            actor.Copies = copies;
            actor.LastMessage = Now;
            if (!actor.Ledgers.ContainsKey(hello.Incarnation))
            {
                actor.Starts++;
            }
            actor.LatestIncarnation = hello.Incarnation;
            actor.ForgetSilent(hello.Incarnation);
            Ledger ledger = actor.LedgerOf(hello.Incarnation);
            var welcome = new Welcome
            {
                RunId = RunId,
                SettingsYaml = _settingsYaml,
                Copies = (uint)copies,
                NextSequenceNumber = ledger.NextSafe,
                NextTaken = ledger.NextAccepted,
                MaxInFlight = (uint)_fleet.MaxInFlight,
                Slot = (uint)actor.Slot,
                Starts = (ulong)(actor.Starts - 1),
                Newest = Parameters.Newest,
                LockStep = _fleet.LockStep,
                Lag = (uint)_settings.Agent.FixedPolicyLag,
                NextBatch = BatchesAccepted,
            };
            FleetLog.Joined(_log, actor.Id, actor.Slot, copies, actor.Starts);
            return (actor, connection, new LearnerMessage { Welcome = welcome });
        }
    }

    // The whole batch in lock step; else the setting; else the largest divisor of the batch that is at most 8.
    private int CopiesPerActor
    {
        get
        {
            int total = _settings.Agent.Copies;
            int wanted = _fleet.LockStep ? total : _fleet.CopiesPerActor;
            return wanted > 0 ? wanted : Enumerable.Range(1, Math.Min(8, total)).Last(copies => total % copies == 0);
        }
    }

    private string? Obstacle(Hello hello)
    {
        if (hello.ProtocolVersion != FleetMethods.ProtocolVersion)
        {
            return $"It speaks version {hello.ProtocolVersion} of the protocol and the learner version {FleetMethods.ProtocolVersion}. Use the same release for both.";
        }
        if (!Roster.IsName(hello.ActorId))
        {
            return "An actor's name has 1 to 128 of the characters A-Z a-z 0-9 . _ -. Choose another --id.";
        }
        if (hello.Incarnation < 1 || hello.NextSequenceNumber < 0)
        {
            return "Its hello is damaged: incarnations begin at 1, sequence numbers at 0.";
        }
        if (hello.Secret.Length is not (0 or >= NameHolder.MinSecret and <= NameHolder.MaxSecret))
        {
            return $"Its hello is damaged: a secret has {NameHolder.MinSecret} to {NameHolder.MaxSecret} bytes, or none.";
        }
        string acting = _settings.Agent.Agent.Acting;
        if (acting != ActingPolicies.Sample.Name && !hello.Acting.Contains(acting))
        {
            return $"The run acts by '{acting}', which this actor does not know. Use the same release for both.";
        }
        int total = _settings.Agent.Copies;
        uint copies = hello.Copies == 0 ? (uint)CopiesPerActor : hello.Copies;
        if (copies > total || total % copies != 0)
        {
            return $"{copies} environment copies do not divide the {total} copies of a batch. Choose a divisor with --envs, or change {_settings.AgentName}.copies.";
        }
        if (_fleet.LockStep && copies != total)
        {
            return $"In lock step one actor steps all {total} copies. Start it with --envs {total}.";
        }
        if (_fleet.LockStep && Roster.List().Any(actor => actor.Id != hello.ActorId && actor.Connection is not null))
        {
            return "In lock step there is one actor, and it is connected.";
        }
        return null;
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
