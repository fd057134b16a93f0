using Environments.Randomness;

namespace Environments.Spaces;

/// <summary>Several independent integers, the i-th one in 0 to <c>Counts[i]</c> − 1.</summary>
public sealed record MultiDiscrete : Space
{
    private readonly int[] _counts;

    /// <summary>A space of one integer per entry of <paramref name="counts"/>.</summary>
    /// <exception cref="ArgumentException"><paramref name="counts"/> is empty or holds a value below 1.</exception>
    public MultiDiscrete(params ReadOnlySpan<int> counts)
    {
        if (counts.IsEmpty || counts.ContainsAnyInRange(int.MinValue, 0))
        {
            throw new ArgumentException("Every count must be at least 1, and there must be one.", nameof(counts));
        }
        _counts = counts.ToArray();
    }

    /// <summary>Members of each component.</summary>
    public ReadOnlySpan<int> Counts => _counts;

    /// <inheritdoc/>
    public override int Size => _counts.Length;

    /// <inheritdoc/>
    public override bool Contains(ReadOnlySpan<float> value)
    {
        if (value.Length != Size)
        {
            return false;
        }
        for (int i = 0; i < value.Length; i++)
        {
            if (!IsInteger(value[i], _counts[i]))
            {
                return false;
            }
        }
        return true;
    }

    /// <inheritdoc/>
    public override void Sample(ref Pcg64 random, Span<float> value)
    {
        RequireSize(value.Length, nameof(value));
        for (int i = 0; i < value.Length; i++)
        {
            value[i] = random.NextInt(0, _counts[i]);
        }
    }

    /// <summary>Whether the other space has the same counts.</summary>
    public bool Equals(MultiDiscrete? other) => other is not null && Counts.SequenceEqual(other.Counts);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(_counts.Length, _counts[0]);

    /// <inheritdoc/>
    public override string ToString() => $"MultiDiscrete({string.Join(", ", _counts)})";
}
