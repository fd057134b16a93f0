using System.Text.Json.Serialization;

namespace Studies.Cluster.Queue;

/// <summary>A leg in the queue, as it is kept. Immutable.</summary>
internal sealed record WorkItem
{
    /// <summary>Id of the study.</summary>
    public required string Study { get; init; }

    /// <summary>Number of the leg.</summary>
    public required int Leg { get; init; }

    /// <summary>What it is, in words.</summary>
    public required string What { get; init; }

    /// <summary>Where it is.</summary>
    public WorkPhase Phase { get; init; }

    /// <summary>Number of its last handing out; 0 before the first.</summary>
    public long Epoch { get; init; }

    /// <summary>Who holds it; null for nobody.</summary>
    public string? Worker { get; init; }

    /// <summary>Where the worker's folders are fetched; null for nobody.</summary>
    public string? Address { get; init; }

    /// <summary>Whether it should stop.</summary>
    public bool IsCancelled { get; init; }

    /// <summary>The result, or why it failed; null before.</summary>
    public string? Text { get; init; }

    /// <summary>How often whoever held it was lost.</summary>
    public int Losses { get; init; }

    /// <summary>What was seen at the last loss; null before.</summary>
    public string? Trouble { get; init; }

    /// <summary>The leg as it was handed out last.</summary>
    [JsonIgnore]
    public LegKey Key => new(Study, Leg, Epoch);

    /// <summary>The leg with nobody who holds it.</summary>
    [JsonIgnore]
    public WorkItem Freed => this with { Phase = WorkPhase.Waiting, Worker = null, Address = null, Text = null };

    /// <summary>What its study is told.</summary>
    /// <param name="report">What its worker said last; null for nothing.</param>
    public WorkView SeenWith(HeldReport? report) =>
        new(
            Leg,
            Epoch,
            Phase,
            Address,
            report is { Phase: not HeldPhase.Waiting },
            report?.Steps ?? 0,
            report?.Checkpoint ?? 0,
            Text,
            Losses,
            Trouble
        );
}
