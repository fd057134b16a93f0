namespace Chaos.Fleets;

/// <summary>Where the files of a fleet of a campaign lie, and what those say that count.</summary>
/// <param name="folder">Folder of all of them, which exists.</param>
internal sealed class FleetFiles(string folder)
{
    /// <summary>Folder of all of them.</summary>
    public string Folder => folder;

    /// <summary>Address of the learner, a socket.</summary>
    public string Address => "unix:" + Path.Combine(folder, "s");

    /// <summary>Run folder.</summary>
    public string Run => Path.Combine(folder, "run");

    /// <summary>Lines of the learner.</summary>
    public string LearnerLog => Path.Combine(folder, "learner.log");

    /// <summary>Lines of all actors.</summary>
    public string ActorLog => Path.Combine(folder, "actors.log");

    /// <summary>Audit of the learner.</summary>
    public string LearnerAudit => Path.Combine(folder, "learner.audit");

    /// <summary>Audit of an actor.</summary>
    public string ActorAudit(int actor) => Path.Combine(folder, $"actor-{actor}.audit");

    /// <summary>Unrolls that an actor has heard acknowledged.</summary>
    public int Acknowledged(int actor) => File.Exists(ActorAudit(actor)) ? File.ReadLines(ActorAudit(actor)).Count() : 0;

    /// <summary>Counts the audits as they are.</summary>
    /// <param name="actors">Actors that have one.</param>
    public UnrollCount Count(int actors) => UnrollCount.Of(Enumerable.Range(0, actors).Select(ActorAudit), LearnerAudit);
}
