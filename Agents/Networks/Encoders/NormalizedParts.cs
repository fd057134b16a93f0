using Environments.Spaces;

namespace Agents.Networks.Encoders;

/// <summary>Which numbers of an observation running statistics normalise: the real ones, key by key. Immutable.</summary>
/// <remarks>
/// Every <see cref="Box"/> of float32, at whatever depth of a <see cref="Dict"/>. Bytes and integers are left to the network's encoding, which divides
/// bytes by their largest value once and makes one-hot vectors of integers.
/// </remarks>
internal sealed class NormalizedParts
{
    private readonly (int First, int Count)[] _ranges; // within an observation, ascending and apart

    private NormalizedParts(int observationSize, (int First, int Count)[] ranges)
    {
        ObservationSize = observationSize;
        _ranges = ranges;
        Size = ranges.Sum(range => range.Count);
    }

    /// <summary>The parts of a space.</summary>
    /// <param name="space">Observations as the network is specified for them, so bytes that are scaled are real numbers.</param>
    public static NormalizedParts Of(Space space)
    {
        var ranges = new List<(int First, int Count)>();
        int first = 0;
        foreach ((_, Space entry) in ObservationFeatures.EntriesOf(space))
        {
            if (entry is Box { ElementType: ElementType.Float32 })
            {
                bool follows = ranges.Count > 0 && ranges[^1].First + ranges[^1].Count == first;
                if (follows)
                {
                    ranges[^1] = (ranges[^1].First, ranges[^1].Count + entry.Size);
                }
                else
                {
                    ranges.Add((first, entry.Size));
                }
            }
            first += entry.Size;
        }
        return new NormalizedParts(first, [.. ranges]);
    }

    /// <summary>Floats of a whole observation.</summary>
    public int ObservationSize { get; }

    /// <summary>Floats that are normalised, N; 0 where there are none.</summary>
    public int Size { get; }

    /// <summary>Whether that is all of an observation.</summary>
    public bool AreWhole => Size == ObservationSize;

    /// <summary>Where the normalised numbers lie within an observation.</summary>
    public ReadOnlySpan<(int First, int Count)> Ranges => _ranges;

    /// <summary>Copies the normalised numbers of rows.</summary>
    /// <param name="observations">Whole rows, <c>[B, ObservationSize]</c>.</param>
    /// <param name="parts">Destination, <c>[B, N]</c>.</param>
    public void Gather(ReadOnlySpan<float> observations, Span<float> parts)
    {
        for (; !observations.IsEmpty; observations = observations[ObservationSize..])
        {
            foreach ((int first, int count) in _ranges)
            {
                observations.Slice(first, count).CopyTo(parts);
                parts = parts[count..];
            }
        }
    }
}
