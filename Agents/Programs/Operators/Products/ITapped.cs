using Agents.Kernels;

namespace Agents.Programs;

/// <summary>A product with a weight: what second-order optimisers look at.</summary>
internal interface ITapped
{
    /// <summary>What the product shows; null where its factor is no parameter.</summary>
    /// <param name="node">The product.</param>
    /// <param name="gradient">Gradient of what it gave.</param>
    ProductTap? Tap(Node node, Value gradient);
}

/// <summary>Inputs of a weight and the gradients of what it gave, in one gradient pass.</summary>
/// <param name="Weight">The weight, <c>[outputs, inputs]</c>.</param>
/// <param name="Inputs"><c>[N, inputs]</c>.</param>
/// <param name="OutputGradients"><c>[N, outputs]</c>, before the nonlinearity.</param>
internal sealed record ProductTap(ParameterSlot Weight, Value Inputs, Value OutputGradients)
{
    /// <summary>Sizes, where the product is a convolution of images; else null.</summary>
    public ConvolutionShape? Images { get; init; }
}
