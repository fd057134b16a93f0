using System.Numerics.Tensors;

namespace Agents.Kernels;

/// <summary>Layer normalisation of rows, forward and backward (Ba, Kiros and Hinton 2016).</summary>
internal static class LayerNorm
{
    private const float Epsilon = 1e-5f;

    /// <summary>y = gain (x − mean) / √(variance + 1e-5) + bias, with mean and variance of the row.</summary>
    /// <param name="x"><c>[rows, size]</c>.</param>
    /// <param name="gain"><c>[size]</c>.</param>
    /// <param name="bias"><c>[size]</c>.</param>
    /// <param name="normalized">Destination of (x − mean) / √(variance + 1e-5), <c>[rows, size]</c>; the backward pass needs it.</param>
    /// <param name="inverseDeviations">Destination of 1 / √(variance + 1e-5), <c>[rows]</c>; the backward pass needs it.</param>
    /// <param name="y">Destination, <c>[rows, size]</c>.</param>
    public static void Forward(
        ReadOnlySpan<float> x,
        ReadOnlySpan<float> gain,
        ReadOnlySpan<float> bias,
        Span<float> normalized,
        Span<float> inverseDeviations,
        Span<float> y
    )
    {
        int size = gain.Length;
        for (int row = 0; row < inverseDeviations.Length; row++)
        {
            ReadOnlySpan<float> input = x.Slice(row * size, size);
            Span<float> centred = normalized.Slice(row * size, size);
            TensorPrimitives.Subtract(input, TensorPrimitives.Sum(input) / size, centred);
            float inverse = 1 / MathF.Sqrt(TensorPrimitives.SumOfSquares<float>(centred) / size + Epsilon);
            inverseDeviations[row] = inverse;
            TensorPrimitives.Multiply(centred, inverse, centred);
            TensorPrimitives.MultiplyAdd(centred, gain, bias, y.Slice(row * size, size));
        }
    }

    /// <summary>Adds the gradients of gain and bias, and writes that of x.</summary>
    /// <param name="gain"><c>[size]</c>.</param>
    /// <param name="normalized">From the forward pass.</param>
    /// <param name="inverseDeviations">From the forward pass.</param>
    /// <param name="outputGradient">Gradient of y, <c>[rows, size]</c>.</param>
    /// <param name="gainGradient">Added to, <c>[size]</c>.</param>
    /// <param name="biasGradient">Added to, <c>[size]</c>.</param>
    /// <param name="inputGradient">Destination, <c>[rows, size]</c>.</param>
    public static void Backward(
        ReadOnlySpan<float> gain,
        ReadOnlySpan<float> normalized,
        ReadOnlySpan<float> inverseDeviations,
        ReadOnlySpan<float> outputGradient,
        Span<float> gainGradient,
        Span<float> biasGradient,
        Span<float> inputGradient
    )
    {
        int size = gain.Length;
        Elementwise.AddColumnSums(outputGradient, biasGradient);
        for (int row = 0; row < inverseDeviations.Length; row++)
        {
            ReadOnlySpan<float> output = outputGradient.Slice(row * size, size);
            ReadOnlySpan<float> unit = normalized.Slice(row * size, size);
            Span<float> input = inputGradient.Slice(row * size, size);
            TensorPrimitives.MultiplyAdd(output, unit, gainGradient, gainGradient);
            TensorPrimitives.Multiply(output, gain, input); // gradient of the normalised row
            float mean = TensorPrimitives.Sum<float>(input) / size;
            float slope = TensorPrimitives.Dot(input, unit) / size;
            for (int j = 0; j < size; j++)
            {
                input[j] = inverseDeviations[row] * (input[j] - mean - unit[j] * slope);
            }
        }
    }
}
