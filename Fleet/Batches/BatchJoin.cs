using System.Runtime.InteropServices;
using Agents.Networks.Encoders;
using Fleet.Intake;
using Fleet.Telemetry;
using Learners.Sources;
using Microsoft.Extensions.Logging;
using Protos;

namespace Fleet.Batches;

/// <summary>Makes one batch of several unrolls, each of them read with the statistics that it was acted with.</summary>
/// <param name="shape">Shape of a batch.</param>
/// <param name="observations">How raw observations become inputs.</param>
/// <param name="metrics">Counts what was read with others.</param>
/// <param name="log">Receives the first of them.</param>
internal sealed class BatchJoin(UnrollShape shape, ObservationStatistics observations, FleetMetrics metrics, ILogger log)
{
    private readonly Unroll _batch = new(shape);
    private readonly List<Unroll> _parts = [];
    private Unroll? _inputs; // batches that hold unrolls of version 1 of the protocol, as the network reads them

    /// <summary>Joins unrolls.</summary>
    /// <param name="unrolls">Their copies together are a batch.</param>
    /// <returns>The batch, until the next call; the unroll itself where it is a batch alone.</returns>
    public Unroll Join(IReadOnlyList<PendingUnroll> unrolls)
    {
        _parts.Clear();
        foreach (PendingUnroll pending in unrolls)
        {
            Unroll unroll = pending.Unroll;
            observations.Take(unroll);
            unroll.ReadBy(unroll.Header.HasRawObservations ? ReaderOf(unroll.Header) : null);
            _parts.Add(unroll);
        }
        if (_parts.Count == 1)
        {
            return _parts[0];
        }
        if (_parts.TrueForAll(part => part.Shape.Observations == shape.Observations))
        {
            _batch.Join(CollectionsMarshal.AsSpan(_parts));
            _batch.Header = _parts[0].Header;
            return _batch;
        }
        _inputs ??= new Unroll(shape with { Observations = new ObservationFormat(shape.Observations.ObservationSize) });
        _inputs.Join(CollectionsMarshal.AsSpan(_parts), asInputs: true);
        _inputs.Header = _parts[0].Header with { HasRawObservations = false };
        return _inputs;
    }

    private ObservationTransform ReaderOf(UnrollHeader header)
    {
        if (observations.Of(header.ParameterVersion) is { } reader)
        {
            return reader;
        }
        // Behaviour's log-probs are what they were, and the policy that learns is only newer by its statistics: ratios say the truth.
        if (metrics.OtherStatistics == 0)
        {
            FleetLog.OtherStatistics(log, header.ActorId, header.ParameterVersion);
        }
        metrics.CountOtherStatistics();
        return observations.Newest;
    }
}
