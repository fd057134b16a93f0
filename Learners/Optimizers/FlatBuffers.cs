namespace Learners.Optimizers;

/// <summary>Checks that optimisers share.</summary>
internal static class FlatBuffers
{
    /// <exception cref="ArgumentException">A buffer is not of the optimiser's size.</exception>
    public static void RequireSize(int size, ReadOnlySpan<float> parameters, ReadOnlySpan<float> gradient)
    {
        if (parameters.Length != size || gradient.Length != size)
        {
            throw new ArgumentException(
                $"The optimiser was made for {size} parameters; {parameters.Length} parameters and {gradient.Length} gradients were given."
            );
        }
    }
}
