namespace Environments.Checking;

/// <summary>Tells in words how what two batches show differs.</summary>
internal static class Comparison
{
    /// <summary>The first difference between one copy of each; null where there is none.</summary>
    /// <param name="one">First batch.</param>
    /// <param name="copy">Its copy.</param>
    /// <param name="other">Second batch.</param>
    /// <param name="otherCopy">Its copy.</param>
    public static string? Difference(IBatchedEnvironment one, int copy, IBatchedEnvironment other, int otherCopy)
    {
        int size = one.Spec.ObservationSpace.Size;
        if (Difference(one.Observations, copy, other.Observations, otherCopy, size) is { } observation)
        {
            return $"the observation {observation}";
        }
        // Bits, since NaN is equal to NaN here.
        if (BitConverter.SingleToInt32Bits(one.Rewards[copy]) != BitConverter.SingleToInt32Bits(other.Rewards[otherCopy]))
        {
            return $"the reward is {one.Rewards[copy]} once and {other.Rewards[otherCopy]} once";
        }
        if (one.Terminated[copy] != other.Terminated[otherCopy] || one.Truncated[copy] != other.Truncated[otherCopy])
        {
            return "one ends the episode and one does not, or they end it differently";
        }
        return
            (one.Terminated[copy] || one.Truncated[copy])
            && Difference(one.FinalObservations, copy, other.FinalObservations, otherCopy, size) is { } final
            ? $"the final observation {final}"
            : null;
    }

    /// <summary>The first difference between all copies of two batches, and the copy; null where there is none.</summary>
    public static string? Difference(IBatchedEnvironment one, IBatchedEnvironment other)
    {
        for (int copy = 0; copy < one.Count; copy++)
        {
            if (Difference(one, copy, other, copy) is { } difference)
            {
                return $"copy {copy}: {difference}";
            }
        }
        return null;
    }

    /// <summary>The first difference between two rows; null where they are equal.</summary>
    public static string? Difference(ReadOnlySpan<float> one, ReadOnlySpan<float> other)
    {
        for (int i = 0; i < one.Length; i++)
        {
            if (BitConverter.SingleToInt32Bits(one[i]) != BitConverter.SingleToInt32Bits(other[i]))
            {
                return $"has {one[i]} once and {other[i]} once in element {i}";
            }
        }
        return null;
    }

    /// <summary>A number that equal rows share and others hardly ever do.</summary>
    public static int HashOf(ReadOnlySpan<float> row)
    {
        var hash = new HashCode();
        hash.AddBytes(System.Runtime.InteropServices.MemoryMarshal.AsBytes(row));
        return hash.ToHashCode();
    }

    private static string? Difference(ReadOnlySpan<float> one, int copy, ReadOnlySpan<float> other, int otherCopy, int size) =>
        Difference(one.Slice(copy * size, size), other.Slice(otherCopy * size, size));
}
