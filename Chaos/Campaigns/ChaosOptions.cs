using Agents.Networks;

namespace Chaos.Campaigns;

/// <summary>How hard and how long a campaign tries, and how it starts processes.</summary>
internal sealed record ChaosOptions
{
    /// <summary>Program and first arguments of the <c>agents</c> command, of which learner and actors are started.</summary>
    public required IReadOnlyList<string> Command { get; init; }

    /// <summary>Empty or new folder of sockets, runs, audits and logs.</summary>
    public required string Folder { get; init; }

    /// <summary>Actor processes; null for the campaign's own number.</summary>
    public int? Actors { get; init; }

    /// <summary>Processes to kill; null for the campaign's own number.</summary>
    public int? Kills { get; init; }

    /// <summary>How long a process is stopped, or the disk is full; null for the campaign's own time.</summary>
    public TimeSpan? Fault { get; init; }

    /// <summary>Runs a command line within this process, for campaigns that do: arguments, standard error, and what asks it to end.</summary>
    public Func<string[], TextWriter, CancellationToken, Task<int>>? RunHere { get; init; }

    /// <summary>Artefacts to damage.</summary>
    public int Mutations { get; init; } = 10_000;

    /// <summary>Damaged messages, bodies or replies to send; null for the campaign's own number.</summary>
    public int? Messages { get; init; }

    /// <summary>Cases of settings to draw.</summary>
    public int Cases { get; init; } = 2_000;

    /// <summary>Engines that are drawn with settings.</summary>
    public IReadOnlyList<EngineKind> Engines { get; init; } =
    [EngineKind.Managed, EngineKind.Managed, EngineKind.Auto, EngineKind.Torch];

    /// <summary>Length of the soak.</summary>
    public TimeSpan Soak { get; init; } = TimeSpan.FromMinutes(30);

    /// <summary>Time without a finished step after which an actor gives its environments up.</summary>
    public TimeSpan StepTimeout { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>How many times slower than an idle machine this one may be: bars and waits that are times are so many times longer.</summary>
    /// <value>At least 1. Default 1.</value>
    public int Slowdown { get; init; } = 1;

    /// <summary>Seed of everything that is drawn.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>Receives a line about the campaign's progress every few seconds.</summary>
    public Action<string> Progress { get; init; } = _ => { };
}
