using Agents.Networks.Encoders;
using Environments.Spaces;
using Learners.Auxiliary;

namespace Learners.Skills;

/// <summary>Tells states apart by what is looked at of their observations. Real numbers are the same state where they lie in the same cell. Immutable.</summary>
/// <param name="observations">Space of the observations.</param>
/// <param name="settings">What is looked at, and how wide a cell is.</param>
internal sealed class StateCells(Space observations, SampleSettings settings)
{
    private readonly NumberKeys _keys = new(
        ObservationView.PartsOf(observations, settings.View, "samples.view"),
        settings.Resolution
    );

    /// <summary>Counts visits.</summary>
    /// <param name="rows">Observations, <c>[N, ObservationSize]</c>.</param>
    /// <param name="visits">Receives them.</param>
    public void Count(ReadOnlySpan<float> rows, VisitCounts visits)
    {
        for (int first = 0; first < rows.Length; first += observations.Size)
        {
            visits.Add(KeyOf(rows.Slice(first, observations.Size)));
        }
    }

    /// <summary>Number of the state of an observation; different ones have different numbers but for chance.</summary>
    public ulong KeyOf(ReadOnlySpan<float> row) => _keys.Of(row);
}
