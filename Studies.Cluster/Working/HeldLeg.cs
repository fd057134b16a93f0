using Studies.Cluster.Queue;
using Studies.Legs;

namespace Studies.Cluster.Working;

/// <summary>A leg that this worker holds. The desk guards it.</summary>
/// <param name="key">The leg.</param>
/// <param name="root">Folder that its order's folders are relative to; the leg's alone.</param>
internal sealed class HeldLeg(LegKey key, string root) : IDisposable
{
    private long _steps;

    /// <summary>The leg.</summary>
    public LegKey Key => key;

    /// <summary>Folder that its order's folders are relative to.</summary>
    public string Root => root;

    /// <summary>How far it is.</summary>
    public HeldPhase Phase { get; set; }

    /// <summary>The order; null before it came.</summary>
    public LegOrder? Order { get; set; }

    /// <summary>The result, or why it failed; null before.</summary>
    public string? Text { get; set; }

    /// <summary>Whether it is another's by now.</summary>
    public bool IsDropped { get; set; }

    /// <summary>Asks its training to save and end.</summary>
    public CancellationTokenSource Stop { get; } = new();

    /// <summary>Environment steps of the trial.</summary>
    public long Steps
    {
        get => Interlocked.Read(ref _steps);
        set => Interlocked.Exchange(ref _steps, value);
    }

    /// <inheritdoc/>
    public void Dispose() => Stop.Dispose();
}
