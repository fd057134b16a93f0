using Fleet.Hosting;
using Learners.Training;
using Studies.Cluster.Joining;

namespace Studies.Cluster.Working;

/// <summary>How a worker works. Immutable.</summary>
internal sealed record WorkerOptions
{
    /// <summary>The cluster that it joins.</summary>
    public required ClusterOptions Cluster { get; init; }

    /// <summary>Where other silos connect; port 0 lets the system choose.</summary>
    public string Silo { get; init; } = "127.0.0.1:11111";

    /// <summary>Where studies ask the queue; port 0 lets the system choose.</summary>
    public string Gateway { get; init; } = "127.0.0.1:30000";

    /// <summary>Where studies send orders and fetch folders, and whom that lets in.</summary>
    public required FleetOptions Listen { get; init; }

    /// <summary>Address of that port as studies reach it; null for where it listens, or this machine's own address where that is every one.</summary>
    public string? Advertised { get; init; }

    /// <summary>Legs that are trained at a time.</summary>
    /// <value>At least 1. Default the processors.</value>
    public int Jobs { get; init; } = Environment.ProcessorCount;

    /// <summary>Folder for what is trained; null for a fresh one that is deleted at the end.</summary>
    public string? Scratch { get; init; }

    /// <summary>Where environments and agents are looked up.</summary>
    public TrainingOptions Training { get; init; } = new();

    /// <summary>How long legs that were stopped wait for their study to fetch them before the worker leaves.</summary>
    public TimeSpan Farewell { get; init; } = TimeSpan.FromSeconds(15);
}
