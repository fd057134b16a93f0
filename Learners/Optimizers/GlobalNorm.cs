using Agents.Kernels;

namespace Learners.Optimizers;

/// <summary>Clipping of a gradient by the Euclidean norm of all of its entries together.</summary>
internal static class GlobalNorm
{
    /// <summary>Scales a gradient down to a norm of about <paramref name="maxNorm"/> where it is longer, with PyTorch's arithmetic.</summary>
    /// <param name="gradient">All gradients in one buffer; multiplied in place by min(1, maxNorm / (norm + 1e-6)).</param>
    /// <param name="maxNorm">Greatest norm allowed, greater than 0; infinity does not clip.</param>
    /// <returns>The norm before clipping. Infinity or NaN says that the gradient is broken; it was then left as it is, so that the
    /// caller can skip the update or stop.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="maxNorm"/> is not positive.</exception>
    public static float Clip(Span<float> gradient, float maxNorm)
    {
        if (!(maxNorm > 0f))
        {
            throw new ArgumentOutOfRangeException(
                nameof(maxNorm),
                maxNorm,
                "The greatest gradient norm must be positive. Use float.PositiveInfinity to clip nothing."
            );
        }
        float norm = (float)Math.Sqrt(InnerProduct.Of(gradient, gradient));
        double scale = maxNorm / (norm + 1e-6);
        if (float.IsFinite(norm) && scale < 1.0)
        {
            Arithmetic.Apply<ProductOf>(gradient, (float)scale, gradient);
        }
        return norm;
    }
}
