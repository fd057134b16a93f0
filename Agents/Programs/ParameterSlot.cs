namespace Agents.Programs;

/// <summary>One named array inside the flat parameter buffer.</summary>
/// <param name="Name">Path, such as <c>actor.encoder.0.weight</c>; the name in <c>policy.safetensors</c>.</param>
/// <param name="Shape">Dimensions, outermost first; a weight is <c>[outputs, inputs]</c>, a convolution's <c>[outputs, height, width, inputs]</c>.</param>
/// <param name="Offset">First float in the buffer.</param>
/// <param name="IsProduct">Whether rows are multiplied with it, so that second-order optimisers can keep factors of it.</param>
/// <param name="IsGiven">Whether it is set from outside and no optimiser moves it.</param>
internal sealed record ParameterSlot(string Name, int[] Shape, int Offset, bool IsProduct = false, bool IsGiven = false)
{
    /// <summary>Floats in the array.</summary>
    public int Size { get; } = (int)CountOf(Shape);

    /// <summary>Floats of an array of a shape.</summary>
    public static long CountOf(int[] shape)
    {
        long count = 1;
        foreach (int dimension in shape)
        {
            count *= dimension;
        }
        return count;
    }

    /// <summary>The array's floats within a flat buffer.</summary>
    public Span<float> In(Span<float> buffer) => buffer.Slice(Offset, Size);

    /// <inheritdoc cref="In(Span{float})"/>
    public ReadOnlySpan<float> In(ReadOnlySpan<float> buffer) => buffer.Slice(Offset, Size);
}
