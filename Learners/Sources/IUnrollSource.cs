using Agents.Networks;
using Environments;
using Environments.State;
using Environments.Wrappers;
using Protos;

namespace Learners.Sources;

/// <summary>Where a learner gets its unrolls: from environments stepped there and then, or from remote actors.</summary>
internal interface IUnrollSource : IDisposable
{
    /// <summary>The network that acts.</summary>
    NetworkSpec Spec { get; }

    /// <summary>The next unroll, which knows how its observations were read; valid until the following call.</summary>
    ValueTask<Unroll> NextAsync(CancellationToken cancellationToken);

    /// <summary>Hands newer parameters to whoever acts.</summary>
    /// <param name="parameters">Flat buffer, copied before the call returns.</param>
    /// <param name="version">Updates that led to them.</param>
    void Publish(ReadOnlySpan<float> parameters, long version);

    /// <summary>Fixed statistics that were published with the newest parameters; null where observations are not normalised. Not to be changed.</summary>
    RunningStatistics? ObservationStatistics { get; }

    /// <summary>Running statistics of all observations so far; null where observations are not normalised. Not to be changed.</summary>
    RunningStatistics? RunningObservations { get; }

    /// <summary>Goes on from the statistics of another policy, from the next publication on. Called where observations are normalised.</summary>
    /// <param name="earlier">Their moments.</param>
    /// <param name="rows">Rows that they count for.</param>
    void TakeStatistics(RunningStatistics earlier, double rows);

    /// <summary>Whether a resumed run continues the same episodes.</summary>
    bool CanSaveEnvironments { get; }

    /// <summary>Hands over what environments measured during the newest unroll; nothing where that is not known here.</summary>
    void TakeMetrics(EnvironmentMetrics destination) { }

    /// <summary>Whether <see cref="SaveState"/> may be called for something else than the run's next checkpoint.</summary>
    bool CanBeSavedElsewhere => true;

    /// <summary>Saves all that the next unroll depends on.</summary>
    void SaveState(StateDictionary state);

    /// <summary>Told once what <see cref="SaveState"/> saved last is safe on the disk.</summary>
    void StateIsSafe() { }

    /// <summary>Told when the run is over, before a last evaluation.</summary>
    /// <param name="completed">Every step was taken; otherwise the run was stopped and may go on later.</param>
    void End(bool completed) { }

    /// <summary>Continues from a saved state.</summary>
    void LoadState(StateDictionary state);
}
