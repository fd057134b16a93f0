using Protos;

namespace Agents.Policies;

/// <content>A saved policy beside another one: what it says of observations that others recorded, as a teacher does.</content>
public sealed partial class SavedPolicy
{
    /// <summary>Numbers that describe one action distribution, P.</summary>
    internal int DistributionSize => _network.Spec.DistributionSize;

    /// <summary>
    /// What this policy says of the steps of an unroll, whoever recorded it: raw observations through its own scale, statistics and network. Each row gives
    /// what <see cref="Act"/> gives for the same observation and core state, bit for bit.
    /// </summary>
    /// <param name="unroll">T steps of B copies, of raw observations of this policy's space.</param>
    /// <param name="coreState">
    /// <c>[B, CoreStateSize]</c>, this policy's own: before step 0 on entry, zeros at first; after step T − 1 on return, where the copies' next unroll goes on.
    /// </param>
    /// <param name="distributions">Destination, <c>[T, B, P]</c>: parameters of the action distributions.</param>
    /// <param name="values">Destination, <c>[T, B]</c>; empty to leave the critic out.</param>
    /// <exception cref="ArgumentException">
    /// The observations are of another size, or not raw: what another run's statistics normalised cannot be normalised by this policy's.
    /// </exception>
    internal void Evaluate(Unroll unroll, Span<float> coreState, Span<float> distributions, Span<float> values)
    {
        if (!unroll.Header.HasRawObservations)
        {
            throw new ArgumentException(
                "The unroll holds observations that its own run has scaled or normalised, as releases with protocol 1 recorded them, and another policy cannot read those. Record it anew.",
                nameof(unroll)
            );
        }
        int size = unroll.Shape.Observations.ObservationSize;
        int rows = unroll.Steps * unroll.Copies;
        if (size != ObservationSpace.Size || distributions.Length != rows * DistributionSize)
        {
            throw new ArgumentException(
                $"The policy of {Info.Environment} reads {ObservationSpace.Size} numbers and gives {DistributionSize}; the unroll's observations have {size}, and there is room for {distributions.Length / Math.Max(1, rows)} in each row.",
                nameof(unroll)
            );
        }
        _network.Evaluate(
            unroll.Steps,
            unroll.Observations.Read(unroll.EpisodeStarts).AsSpan(0, rows * size),
            unroll.EpisodeStarts.AsSpan(0, rows),
            coreState,
            distributions,
            values
        );
    }
}
