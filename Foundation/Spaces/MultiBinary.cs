using Environments.Randomness;

namespace Environments.Spaces;

/// <summary><see cref="Count"/> independent bits, each 0 or 1.</summary>
public sealed record MultiBinary : Space
{
    /// <summary>A space of <paramref name="count"/> bits.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="count"/> is below 1.</exception>
    public MultiBinary(int count)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        Count = count;
    }

    /// <summary>Bits in a value.</summary>
    public int Count { get; }

    /// <inheritdoc/>
    public override int Size => Count;

    /// <inheritdoc/>
    public override bool Contains(ReadOnlySpan<float> value)
    {
        if (value.Length != Count)
        {
            return false;
        }
        foreach (float bit in value)
        {
            if (bit is not (0 or 1))
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
            value[i] = random.NextInt(0, 2);
        }
    }

    /// <inheritdoc/>
    public override string ToString() => $"MultiBinary({Count})";
}
