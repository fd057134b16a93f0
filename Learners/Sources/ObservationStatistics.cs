using Agents.Networks;
using Agents.Networks.Encoders;
using Environments.State;
using Environments.Wrappers;
using Protos;

namespace Learners.Sources;

/// <summary>
/// How a run's observations become inputs: running statistics of the raw ones, and the fixed ones of the latest publications. Unrolls are read with those
/// of the version that they were acted with.
/// </summary>
/// <remarks>
/// <code>
/// publication      n                         n + 1
/// acting           fixed statistics of n ──▶ fixed statistics of n + 1
/// running          … take in the unrolls ──▶ rounded to float32, published
/// </code>
/// Taken in is what was acted on, each observation once: rows 0 to T − 1 of every unroll, before it is learned from. So the source of unrolls does not
/// matter, and final observations do not count.
/// </remarks>
internal sealed class ObservationStatistics
{
    // Actors are seldom more than a few publications behind. The second bound keeps checkpoints of wide observations small.
    private const int UsualVersions = 64;
    private const int FewestVersions = 4;
    private const int MostNumbers = 1 << 18;

    // Numbers that are taken in at a time, so that a pass over each component finds the others' rows in the cache.
    private const int BlockNumbers = 1 << 14;

    private readonly NormalizedParts? _parts;
    private readonly RunningStatistics? _running;
    private readonly ObservationTransform _scaling;
    private readonly float _scale;
    private readonly int _kept;
    private readonly List<(long Version, ObservationTransform Transform)> _published = []; // the newest last
    private float[] _rows = [];

    /// <summary>Statistics of no observations yet.</summary>
    /// <param name="spec">The network that acts.</param>
    /// <param name="wrappers">Whether observations are scaled and normalised.</param>
    /// <param name="versions">Publications that unrolls may come from, at most.</param>
    public ObservationStatistics(NetworkSpec spec, WrapperSettings wrappers, int versions = UsualVersions)
    {
        _scale = wrappers.ObservationScale;
        _scaling = ObservationTransform.Scaling(_scale);
        if (wrappers.NormalizeObservations)
        {
            _parts = NormalizedParts.Of(spec.ObservationSpace);
            _running = new RunningStatistics(_parts.Size);
            _kept = Math.Min(versions, Math.Max(FewestVersions, MostNumbers / (2 * _parts.Size)));
        }
    }

    /// <summary>Statistics of all observations taken in; null where observations are not normalised.</summary>
    public RunningStatistics? Running => _running;

    /// <summary>What the newest publication does to observations.</summary>
    public ObservationTransform Newest => _published.Count > 0 ? _published[^1].Transform : _scaling;

    /// <summary>Fixes the running statistics as those of a version. A version that was published before keeps its own.</summary>
    /// <param name="version">Updates that led to the parameters that are published with them.</param>
    public void Publish(long version)
    {
        if (_running is null || (_published.Count > 0 && _published[^1].Version == version))
        {
            return;
        }
        Keep(version, _running.Snapshot());
    }

    /// <summary>What parameters of a version did to observations; null where their statistics are no longer known.</summary>
    public ObservationTransform? Of(long version)
    {
        if (_running is null)
        {
            return _scaling;
        }
        // From the newest on: a run that goes on from an older checkpoint publishes versions again.
        for (int i = _published.Count - 1; i >= 0; i--)
        {
            if (_published[i].Version == version)
            {
                return _published[i].Transform;
            }
        }
        return null;
    }

    /// <summary>Notes statistics that were published with a version by somebody else.</summary>
    /// <param name="version">The version.</param>
    /// <param name="moments">Means, then variances, <c>[2 N]</c>.</param>
    /// <exception cref="InvalidDataException">They are of another number, or no moments.</exception>
    public void Restore(long version, ReadOnlySpan<double> moments)
    {
        if (_running is null)
        {
            return;
        }
        if (moments.Length != 2 * _running.Size)
        {
            throw new InvalidDataException(
                $"{moments.Length} published moments are not those of {_running.Size} numbers. They belong to other settings."
            );
        }
        Keep(version, RunningStatistics.FromMoments(moments[.._running.Size], moments[_running.Size..]));
    }

    /// <summary>Lets the running statistics go on from those of another policy, from the next publication on.</summary>
    /// <param name="earlier">Their moments, <c>[N]</c> each.</param>
    /// <param name="rows">Rows that they count for.</param>
    public void ContinueFrom(RunningStatistics earlier, double rows) => _running?.ContinueFrom(earlier, rows);

    /// <summary>Takes in what was acted on.</summary>
    /// <param name="unroll">Of raw observations, or of an earlier release's with moments of its own.</param>
    public void Take(Unroll unroll)
    {
        if (_running is null || _parts is null)
        {
            return;
        }
        if (!unroll.Header.HasRawObservations)
        {
            ReadOnlySpan<double> moments = unroll.ObservationMoments;
            if (moments.Length == 1 + 2 * _running.Size)
            {
                _running.Merge(moments[0], moments.Slice(1, _running.Size), moments[(1 + _running.Size)..]);
            }
            return;
        }
        int size = _parts.ObservationSize;
        int count = unroll.Steps * unroll.Copies * size;
        ReadOnlySpan<float> observations = unroll.Observations.Read(unroll.EpisodeStarts).AsSpan(0, count);
        int block = Math.Max(1, BlockNumbers / size) * size;
        for (int first = 0; first < count; first += block)
        {
            TakeRows(observations.Slice(first, Math.Min(block, count - first)));
        }
    }

    /// <summary>Saves the running statistics, and those of the publications that unrolls may still come from.</summary>
    public void SaveState(StateDictionary state)
    {
        if (_running is null)
        {
            return;
        }
        _running.SaveState(state);
        int size = _running.Size;
        var versions = new long[_published.Count];
        var moments = new double[2 * size * versions.Length];
        for (int i = 0; i < versions.Length; i++)
        {
            (versions[i], RunningStatistics statistics) = (_published[i].Version, _published[i].Transform.Statistics!);
            statistics.Mean.CopyTo(moments.AsSpan(2 * i * size));
            statistics.Variance.CopyTo(moments.AsSpan((2 * i + 1) * size));
        }
        state.Set<long>("published_versions", versions);
        state.Set<double>("published_moments", moments);
    }

    /// <summary>Continues from what <see cref="SaveState"/> saved; earlier releases saved the running statistics alone.</summary>
    /// <exception cref="InvalidDataException">The state is of other settings.</exception>
    public void LoadState(StateDictionary state)
    {
        if (_running is null)
        {
            return;
        }
        _running.LoadState(state);
        _published.Clear();
        if (!state.Contains("published_versions"))
        {
            return;
        }
        long[] versions = state.GetArray<long>("published_versions");
        var moments = new double[2 * _running.Size * versions.Length];
        state.ReadFinite<double>("published_moments", moments);
        for (int i = 0; i < versions.Length; i++)
        {
            Restore(versions[i], moments.AsSpan(2 * _running.Size * i, 2 * _running.Size));
        }
    }

    private void Keep(long version, RunningStatistics statistics)
    {
        _published.Add((version, ObservationTransform.Normalizing(_scale, _parts!, statistics)));
        if (_published.Count > _kept)
        {
            _published.RemoveAt(0);
        }
    }

    private void TakeRows(ReadOnlySpan<float> rows)
    {
        if (_scaling.IsIdentity && _parts!.AreWhole)
        {
            _running!.Update(rows);
            return;
        }
        int parts = rows.Length / _parts!.ObservationSize * _parts.Size;
        if (_rows.Length < parts)
        {
            _rows = new float[parts];
        }
        Span<float> taken = _rows.AsSpan(0, parts);
        _parts.Gather(rows, taken);
        _scaling.Apply(taken, taken);
        _running!.Update(taken);
    }
}
