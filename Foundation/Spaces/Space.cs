using Environments.Randomness;

namespace Environments.Spaces;

/// <summary>The set of values that an observation or an action may take.</summary>
/// <remarks>
/// A value is a row of <see cref="Size"/> float32 numbers; integers are held as whole floats (exact up to 2^24). That one
/// representation crosses every seam: environment, policy, unroll and learner. Spaces compare by content.
/// </remarks>
public abstract record Space
{
    /// <summary>Float32 numbers in one value, at least 1.</summary>
    public abstract int Size { get; }

    /// <summary>Whether <paramref name="value"/> is a member: right length, integers where needed, inside the bounds, no NaN.</summary>
    public abstract bool Contains(ReadOnlySpan<float> value);

    /// <summary>Draws a member uniformly; unbounded directions follow Gymnasium (normal, or shifted exponential).</summary>
    /// <param name="random">Advanced by the draw.</param>
    /// <param name="value">Destination of <see cref="Size"/> floats; all are written.</param>
    public abstract void Sample(ref Pcg64 random, Span<float> value);

    private protected static bool IsInteger(float value, int count) => value >= 0 && value < count && value == MathF.Floor(value);

    private protected void RequireSize(int length, string parameterName)
    {
        if (length != Size)
        {
            throw new ArgumentException($"A value of {this} has {Size} floats; {length} were given.", parameterName);
        }
    }
}
