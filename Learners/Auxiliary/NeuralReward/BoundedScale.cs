using Environments.Spaces;

namespace Learners.Auxiliary;

/// <summary>Brings bounded real numbers of observations to ±1, so that a network sees a small range as well as a wide one; all else stays as it is. Immutable.</summary>
internal sealed class BoundedScale
{
    private const double Widest = 1e6; // beyond that bounds say nothing of what is usual

    private readonly float[] _middles;
    private readonly float[] _factors;

    private BoundedScale(float[] middles, float[] factors) => (_middles, _factors) = (middles, factors);

    /// <summary>The scale of a space.</summary>
    public static BoundedScale Of(Space space)
    {
        var middles = new float[space.Size];
        var factors = new float[space.Size];
        Array.Fill(factors, 1);
        if (space is Box { ElementType: ElementType.Float32 } box)
        {
            for (int i = 0; i < factors.Length; i++)
            {
                double half = ((double)box.High[i] - box.Low[i]) / 2;
                if (half is > 0 and < Widest)
                {
                    (middles[i], factors[i]) = ((float)(box.Low[i] + half), (float)(1 / half));
                }
            }
        }
        return new BoundedScale(middles, factors);
    }

    /// <summary>Scales rows.</summary>
    /// <param name="rows"><c>[N, ObservationSize]</c>.</param>
    /// <param name="destination">As many; may be the same.</param>
    public void Apply(ReadOnlySpan<float> rows, Span<float> destination)
    {
        int size = _factors.Length;
        for (int first = 0; first < rows.Length; first += size)
        {
            for (int i = 0; i < size; i++)
            {
                destination[first + i] = (rows[first + i] - _middles[i]) * _factors[i];
            }
        }
    }
}
