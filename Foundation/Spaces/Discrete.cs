using Environments.Randomness;

namespace Environments.Spaces;

/// <summary>The integers 0 to <see cref="Count"/> − 1.</summary>
public sealed record Discrete : Space
{
    /// <summary>A space of <paramref name="count"/> integers.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="count"/> is below 1 or above 2^24.</exception>
    public Discrete(int count)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, 1 << 24);
        Count = count;
    }

    /// <summary>Members, A for actions.</summary>
    public int Count { get; }

    /// <inheritdoc/>
    public override int Size => 1;

    /// <inheritdoc/>
    public override bool Contains(ReadOnlySpan<float> value) => value.Length == 1 && IsInteger(value[0], Count);

    /// <inheritdoc/>
    public override void Sample(ref Pcg64 random, Span<float> value)
    {
        RequireSize(value.Length, nameof(value));
        value[0] = random.NextInt(0, Count);
    }

    /// <inheritdoc/>
    public override string ToString() => $"Discrete({Count})";
}
