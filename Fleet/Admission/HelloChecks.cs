using Agents.Policies.Acting;
using Learners.Composition;
using Protos.Fleet;
using Protos.Rpc;

namespace Fleet.Admission;

/// <summary>What an actor's hello must say so that a run can use the actor.</summary>
/// <param name="settings">The run.</param>
/// <param name="roster">Who is there, since in lock step there is one.</param>
internal sealed class HelloChecks(TrainingSettings settings, Roster roster)
{
    /// <summary>Environment copies of an actor that does not say how many it wants.</summary>
    /// <value>The whole batch in lock step; else the setting; else the largest divisor of the batch that is at most 8.</value>
    public int CopiesPerActor
    {
        get
        {
            int total = settings.Agent.Copies;
            int wanted = settings.Fleet.LockStep ? total : settings.Fleet.CopiesPerActor;
            return wanted > 0 ? wanted : Enumerable.Range(1, Math.Min(8, total)).Last(copies => total % copies == 0);
        }
    }

    /// <summary>Environment copies of the actor that says a hello without an obstacle.</summary>
    public int CopiesOf(Hello hello) => hello.Copies == 0 ? CopiesPerActor : (int)hello.Copies;

    /// <summary>Why an actor cannot take part, and what to do about it; null where it can.</summary>
    public string? Obstacle(Hello hello)
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
        string acting = settings.Agent.Agent.Acting;
        if (acting != ActingPolicies.Sample.Name && !hello.Acting.Contains(acting))
        {
            return $"The run acts by '{acting}', which this actor does not know. Use the same release for both.";
        }
        return CopiesObstacle(hello);
    }

    private string? CopiesObstacle(Hello hello)
    {
        int total = settings.Agent.Copies;
        uint copies = hello.Copies == 0 ? (uint)CopiesPerActor : hello.Copies;
        if (copies > total || total % copies != 0)
        {
            return $"{copies} environment copies do not divide the {total} copies of a batch. Choose a divisor with --envs, or change {settings.AgentName}.copies.";
        }
        if (settings.Fleet.LockStep && copies != total)
        {
            return $"In lock step one actor steps all {total} copies. Start it with --envs {total}.";
        }
        if (settings.Fleet.LockStep && roster.List().Any(actor => actor.Id != hello.ActorId && actor.Connection is not null))
        {
            return "In lock step there is one actor, and it is connected.";
        }
        return null;
    }
}
