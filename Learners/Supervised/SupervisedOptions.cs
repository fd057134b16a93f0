namespace Learners.Supervised;

/// <summary>Where a supervised run writes and whom it tells; nothing here changes what is learned.</summary>
internal sealed record SupervisedOptions
{
    /// <summary>Run folder; null for <c>runs/&lt;task&gt;/&lt;core&gt;/&lt;time&gt;-&lt;seed&gt;</c> below the current folder.</summary>
    public string? OutputFolder { get; init; }

    /// <summary>Told once per update; reports arrive on the learning thread, so return quickly.</summary>
    public IProgress<SupervisedProgress>? Progress { get; init; }

    /// <summary>Receives warnings, one line each.</summary>
    public Action<string>? Warn { get; init; }

    /// <summary>Clock of time stamps and speeds.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;
}

/// <summary>How far a run is.</summary>
/// <param name="Updates">Optimiser steps taken.</param>
/// <param name="TotalUpdates">Those of the whole run.</param>
/// <param name="Loss">Loss of the latest batch.</param>
/// <param name="Accuracy">Running share of right answers; not a number where none is right or wrong.</param>
/// <param name="UpdatesPerSecond">Updates per second of wall time, since this process began the run.</param>
/// <param name="Elapsed">Wall time since then.</param>
/// <param name="Remaining">Estimate of the time left.</param>
internal readonly record struct SupervisedProgress(
    long Updates,
    long TotalUpdates,
    double Loss,
    double Accuracy,
    double UpdatesPerSecond,
    TimeSpan Elapsed,
    TimeSpan Remaining
);
