using Environments.Spaces;
using Environments.State;

namespace Environments.Wrappers;

/// <summary>Shows observations centred and scaled by the running mean and variance of all observations seen, clipped to ±<see cref="RunningStatistics.Clip"/>.</summary>
/// <remarks>
/// Statistics take in what <see cref="IBatchedEnvironment.Observations"/> shows after every reset and step, and then normalise it. Final observations are
/// normalised by the same statistics without entering them. An agent trained on such observations needs <see cref="Statistics"/>
/// wherever it acts: save them with it, and evaluate with <see cref="Frozen"/> set. Runs do not use this layer: their networks normalise raw
/// observations themselves, by statistics that are published with the parameters.
/// </remarks>
public sealed class ObservationNormalization : BatchedEnvironmentWrapper
{
    private readonly EnvironmentSpec _spec;
    private readonly float[] _observations;
    private readonly float[] _finalObservations;

    /// <summary>A layer around <paramref name="inner"/>.</summary>
    /// <param name="inner">Environment with a <see cref="Box"/> of observations; owned from now on.</param>
    /// <param name="statistics">Statistics to use and continue, shared with whoever else holds them; null starts with new ones.</param>
    /// <exception cref="ArgumentException">The observations are no box, or the statistics are of another size.</exception>
    public ObservationNormalization(IBatchedEnvironment inner, RunningStatistics? statistics = null)
        : base(inner)
    {
        if (inner.Spec.ObservationSpace is not Box box)
        {
            throw new ArgumentException(
                $"{inner.Spec.Id} shows {inner.Spec.ObservationSpace}; only a Box can be normalised. Leave the normalisation out.",
                nameof(inner)
            );
        }
        Statistics = statistics ?? new RunningStatistics(box.Size);
        if (Statistics.Size != box.Size)
        {
            throw new ArgumentException(
                $"The statistics are of {Statistics.Size} components, but observations of {inner.Spec.Id} have {box.Size}.",
                nameof(statistics)
            );
        }
        _spec = inner.Spec with { ObservationSpace = new Box(-RunningStatistics.Clip, RunningStatistics.Clip, box.Shape) };
        _observations = new float[inner.Count * box.Size];
        _finalObservations = new float[inner.Count * box.Size];
    }

    /// <summary>Mean and variance of the observations seen.</summary>
    public RunningStatistics Statistics { get; }

    /// <summary>Whether the statistics stay as they are, as they should while evaluating. False unless set; not part of the saved state.</summary>
    public bool Frozen { get; set; }

    /// <inheritdoc/>
    public override EnvironmentSpec Spec => _spec;

    /// <inheritdoc/>
    public override ReadOnlySpan<float> Observations => _observations;

    /// <inheritdoc/>
    public override ReadOnlySpan<float> FinalObservations => _finalObservations;

    /// <summary>Goes on from the statistics of an earlier training, and shows the present observations by them.</summary>
    /// <param name="earlier">Their moments.</param>
    /// <param name="rows">Rows that they count for.</param>
    internal void ContinueFrom(RunningStatistics earlier, double rows)
    {
        Statistics.ContinueFrom(earlier, rows);
        Observe();
    }

    /// <inheritdoc/>
    public override void Reset(ulong seed)
    {
        Inner.Reset(seed);
        Observe();
    }

    /// <inheritdoc/>
    public override void Step(ReadOnlySpan<float> actions)
    {
        Inner.Step(actions);
        Observe();
        int size = Statistics.Size;
        ReadOnlySpan<bool> terminated = Inner.Terminated;
        ReadOnlySpan<bool> truncated = Inner.Truncated;
        for (int i = 0; i < Count; i++)
        {
            if (terminated[i] | truncated[i])
            {
                Statistics.Normalize(Inner.FinalObservations.Slice(i * size, size), _finalObservations.AsSpan(i * size, size));
            }
        }
    }

    /// <inheritdoc/>
    protected override void SaveOwnState(StateDictionary state)
    {
        Statistics.SaveState(state);
        state.Set<float>("observations", _observations);
    }

    /// <inheritdoc/>
    protected override void LoadOwnState(StateDictionary state)
    {
        Statistics.LoadState(state);
        state.Read<float>("observations", _observations);
    }

    private void Observe()
    {
        if (!Frozen)
        {
            Statistics.Update(Inner.Observations);
        }
        Statistics.Normalize(Inner.Observations, _observations);
    }
}
