using Agents.Networks.Encoders;

namespace Agents.Networks;

/// <summary>Sees what goes into each layer and the gradient of what came out, during a backward pass that leaves parameters' gradients out.</summary>
internal interface ILayerObserver
{
    /// <summary>Rows of a dense layer.</summary>
    /// <param name="weight">The layer's weight, <c>[outputs, inputs]</c>.</param>
    /// <param name="inputs"><c>[rows, inputs]</c>.</param>
    /// <param name="outputGradients"><c>[rows, outputs]</c>, before the nonlinearity.</param>
    /// <param name="rows">Rows; with more than one use, <c>[uses, sequences]</c>.</param>
    /// <param name="uses">Steps of a sequence at which the same weight is used; 1 outside of a memory.</param>
    void ObserveDense(ParameterSlot weight, ReadOnlySpan<float> inputs, ReadOnlySpan<float> outputGradients, int rows, int uses);

    /// <summary>Images of a convolution.</summary>
    /// <param name="weight">The layer's weight, <c>[filters, height, width, channels]</c>.</param>
    /// <param name="shape">Sizes.</param>
    /// <param name="images">Channels-last images.</param>
    /// <param name="stride">Floats from one image to the next.</param>
    /// <param name="outputGradients"><c>[rows, OutputHeight, OutputWidth, Filters]</c>, before the nonlinearity.</param>
    /// <param name="rows">Images.</param>
    void ObserveConvolution(
        ParameterSlot weight,
        ConvolutionShape shape,
        ReadOnlySpan<float> images,
        int stride,
        ReadOnlySpan<float> outputGradients,
        int rows
    );
}
