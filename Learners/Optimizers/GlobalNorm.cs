using System.Numerics;

namespace Learners.Optimizers;

/// <summary>The length of a whole gradient, and its limit (Pascanu et al. 2013).</summary>
internal static class GlobalNorm
{
    private const float Margin = 1e-6f; // as in the widely used implementations

    /// <summary>Shortens a gradient to a length.</summary>
    /// <param name="gradient">Scaled in place by maxNorm / (norm + 1e-6) when it is longer.</param>
    /// <param name="maxNorm">Greatest length that is kept; infinity only measures.</param>
    /// <returns>The length before. One that is not finite is returned as it is, and the gradient left alone, for the caller to judge.</returns>
    public static float Clip(Span<float> gradient, float maxNorm)
    {
        float norm = (float)Math.Sqrt(SumOfSquares(gradient));
        if (float.IsFinite(norm) && norm > maxNorm)
        {
            System.Numerics.Tensors.TensorPrimitives.Multiply(gradient, maxNorm / (norm + Margin), gradient);
        }
        return norm;
    }

    // float32 within blocks, float64 between them: as fast as float32 and accurate for any number of parameters.
    private static double SumOfSquares(ReadOnlySpan<float> values)
    {
        const int block = 1_024;
        double total = 0;
        while (!values.IsEmpty)
        {
            ReadOnlySpan<float> part = values[..Math.Min(block, values.Length)];
            Vector<float> sum = Vector<float>.Zero;
            int i = 0;
            for (; i + Vector<float>.Count <= part.Length; i += Vector<float>.Count)
            {
                var chunk = new Vector<float>(part[i..]);
                sum += chunk * chunk;
            }
            double rest = Vector.Sum(sum);
            for (; i < part.Length; i++)
            {
                rest += (double)part[i] * part[i];
            }
            total += rest;
            values = values[part.Length..];
        }
        return total;
    }
}
