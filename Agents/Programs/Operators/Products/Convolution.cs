using System.Collections.Immutable;
using Agents.Kernels;

namespace Agents.Programs;

/// <summary>
/// A convolution of channels-last images without padding: rows <c>[N, InputSize]</c>, the transposed weight <c>[PatchSize, Filters]</c> and a bias
/// <c>[1, Filters]</c> to <c>[N, OutputSize]</c>.
/// </summary>
/// <param name="Size">Sizes. An image of one pixel and a kernel of one make it a dense product.</param>
/// <param name="IsSparse">Whether most inputs are 0, as those of one-hot vectors and planes of flags are: work is then done for the others only.</param>
internal sealed record Convolution(ConvolutionShape Size, bool IsSparse) : Operator, ITapped
{
    private readonly SparseConnections? _connections = IsSparse ? new SparseConnections(Size) : null;

    /// <inheritdoc/>
    public override ImmutableArray<Shape> Infer(ReadOnlySpan<Shape> inputs)
    {
        RequireInputs(inputs, 3);
        RequireColumns(inputs[0], Size.InputSize, "an image");
        Images.RequireWeight(inputs[1], Size.PatchSize, Size.Filters);
        Product.RequireBias(inputs, Size.Filters);
        return [inputs[0] with { Columns = Size.OutputSize }];
    }

    /// <inheritdoc/>
    public override void Run(in Frame frame)
    {
        ReadOnlySpan<float> images = frame.Input(0);
        ReadOnlySpan<float> weight = frame.Input(1);
        ReadOnlySpan<float> bias = frame.Input(2);
        Span<float> outputs = frame.Output(0);
        for (int row = 0; row * Size.InputSize < images.Length; row++)
        {
            ReadOnlySpan<float> image = images.Slice(row * Size.InputSize, Size.InputSize);
            Span<float> output = outputs.Slice(row * Size.OutputSize, Size.OutputSize);
            if (_connections is null)
            {
                Convolutions.Forward(Size, image, weight, bias, output);
                continue;
            }
            Images.Repeat(bias, output);
            _connections.Add(image, weight, output);
        }
    }

    /// <inheritdoc/>
    public override Value?[] Backward(Node node, ReadOnlySpan<Value?> gradients)
    {
        (Value images, Value weight, Value gradient) = (node.Inputs[0], node.Inputs[1], gradients[0]!);
        return
        [
            node.Graph.Apply(new ConvolutionInputGradient(Size), gradient, weight.Transpose())[0],
            // The weight of a dense product is added to as it lies, which saves turning it around.
            IsSparse && IsDense
                ? node.Graph.Apply(new SparseOuterSum(), images, gradient)[0].Transpose()
                : node.Graph.Apply(new ConvolutionSum(Size, IsSparse), images, gradient)[0],
            node.Graph.Apply(new SumGroups(Size.Filters), gradient)[0],
        ];
    }

    private bool IsDense => Size is { Height: 1, Width: 1, Kernel: 1 };

    /// <inheritdoc/>
    public ProductTap? Tap(Node node, Value gradient) =>
        node.Inputs[1].Node is { Operator: Transpose } transpose && transpose.Inputs[0].Node.Operator is Parameter weight
            ? new ProductTap(weight.Slot, node.Inputs[0], gradient) { Images = IsDense ? null : Size }
            : null;

    /// <summary>Equal sizes are one operator.</summary>
    public bool Equals(Convolution? other) => other is not null && Size == other.Size && IsSparse == other.IsSparse;

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Size, IsSparse);
}

/// <summary>What comes through a <see cref="Convolution"/>: gradients <c>[N, OutputSize]</c> and the weight <c>[Filters, PatchSize]</c> to <c>[N, InputSize]</c>.</summary>
/// <param name="Size">Sizes.</param>
internal sealed record ConvolutionInputGradient(ConvolutionShape Size) : Operator
{
    /// <inheritdoc/>
    public override ImmutableArray<Shape> Infer(ReadOnlySpan<Shape> inputs)
    {
        RequireInputs(inputs, 2);
        RequireColumns(inputs[0], Size.OutputSize, "a gradient");
        Images.RequireWeight(inputs[1], Size.Filters, Size.PatchSize);
        return [inputs[0] with { Columns = Size.InputSize }];
    }

    /// <inheritdoc/>
    public override int ScratchSize(ReadOnlySpan<Shape> inputs, int rows) => Size.OutputWidth * Size.PatchSize;

    /// <inheritdoc/>
    public override void Run(in Frame frame)
    {
        ReadOnlySpan<float> gradients = frame.Input(0);
        ReadOnlySpan<float> weight = frame.Input(1);
        Span<float> images = frame.Output(0);
        for (int row = 0; row * Size.InputSize < images.Length; row++)
        {
            Convolutions.InputGradient(
                Size,
                gradients.Slice(row * Size.OutputSize, Size.OutputSize),
                weight,
                images.Slice(row * Size.InputSize, Size.InputSize),
                frame.Scratch
            );
        }
    }

    /// <inheritdoc/>
    public override Value?[] Backward(Node node, ReadOnlySpan<Value?> gradients)
    {
        (Value gradient, Value weight, Value image) = (node.Inputs[0], node.Inputs[1], gradients[0]!);
        Value none = node.Graph.Zeros(Shape.Constant(1, Size.Filters));
        return
        [
            node.Graph.Apply(new Convolution(Size, false), image, weight.Transpose(), none)[0],
            node.Graph.Apply(new ConvolutionSum(Size, false), image, gradient)[0].Transpose(),
        ];
    }
}

/// <summary>The gradient of a <see cref="Convolution"/>'s transposed weight: images and gradients to the sum over rows, <c>[PatchSize, Filters]</c>.</summary>
/// <param name="Size">Sizes.</param>
/// <param name="IsSparse">Whether most inputs are 0.</param>
internal sealed record ConvolutionSum(ConvolutionShape Size, bool IsSparse) : Operator
{
    private readonly SparseConnections? _connections = IsSparse ? new SparseConnections(Size) : null;

    /// <inheritdoc/>
    public override RowAccess Access => RowAccess.Reduction;

    /// <inheritdoc/>
    public override ImmutableArray<Shape> Infer(ReadOnlySpan<Shape> inputs)
    {
        RequireInputs(inputs, 2);
        RowShapes.RequireSameRows(inputs[0], inputs[1]);
        RequireColumns(inputs[0], Size.InputSize, "an image");
        RequireColumns(inputs[1], Size.OutputSize, "a gradient");
        return [Shape.Constant(Size.PatchSize, Size.Filters)];
    }

    /// <inheritdoc/>
    public override void Run(in Frame frame)
    {
        ReadOnlySpan<float> images = frame.Input(0);
        ReadOnlySpan<float> gradients = frame.Input(1);
        Span<float> sum = frame.Output(0);
        for (int row = 0; row * Size.InputSize < images.Length; row++)
        {
            ReadOnlySpan<float> image = images.Slice(row * Size.InputSize, Size.InputSize);
            ReadOnlySpan<float> gradient = gradients.Slice(row * Size.OutputSize, Size.OutputSize);
            if (_connections is null)
            {
                Convolutions.AddWeightGradient(Size, image, gradient, sum);
            }
            else
            {
                _connections.AddWeightGradient(image, gradient, sum);
            }
        }
    }

    /// <inheritdoc/>
    public override Value?[] Backward(Node node, ReadOnlySpan<Value?> gradients)
    {
        (Value images, Value outputs, Value gradient) = (node.Inputs[0], node.Inputs[1], gradients[0]!);
        Value none = node.Graph.Zeros(Shape.Constant(1, Size.Filters));
        return
        [
            node.Graph.Apply(new ConvolutionInputGradient(Size), outputs, gradient.Transpose())[0],
            node.Graph.Apply(new Convolution(Size, IsSparse), images, gradient, none)[0],
        ];
    }

    /// <summary>Equal sizes are one operator.</summary>
    public bool Equals(ConvolutionSum? other) => other is not null && Size == other.Size && IsSparse == other.IsSparse;

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Size, IsSparse);
}

/// <summary>The sum of all rows and of all groups of neighbouring columns, <c>[N, G × C]</c> to a constant <c>[1, C]</c>: the gradient of a bias of images.</summary>
/// <param name="Columns">C.</param>
internal sealed record SumGroups(int Columns) : Operator
{
    /// <inheritdoc/>
    public override RowAccess Access => RowAccess.Reduction;

    /// <inheritdoc/>
    public override ImmutableArray<Shape> Infer(ReadOnlySpan<Shape> inputs)
    {
        RequireInputs(inputs, 1);
        RowShapes.Other(inputs[0], Columns);
        return [Shape.Constant(1, Columns)];
    }

    /// <inheritdoc/>
    public override void Run(in Frame frame) => Kernels.Elementwise.AddColumnSums(frame.Input(0), frame.Output(0));

    /// <inheritdoc/>
    public override Value?[] Backward(Node node, ReadOnlySpan<Value?> gradients)
    {
        Value x = node.Inputs[0];
        var groups = new Value[x.Columns / Columns];
        Array.Fill(groups, gradients[0]!);
        return [Value.Concat(groups).BroadcastTo(x.Shape)];
    }
}

/// <summary>What operators on images share.</summary>
internal static class Images
{
    /// <summary>Throws where a value is no constant matrix of a size.</summary>
    public static void RequireWeight(Shape shape, int rows, int columns)
    {
        if (shape != Shape.Constant(rows, columns))
        {
            throw new GraphException($"the weight is a constant [{rows}, {columns}], and {shape} was given.");
        }
    }

    /// <summary>A bias for every position; twice as much with each copy, since few channels are a small copy.</summary>
    public static void Repeat(ReadOnlySpan<float> bias, Span<float> output)
    {
        bias.CopyTo(output);
        for (int filled = bias.Length; filled < output.Length; filled *= 2)
        {
            output[..Math.Min(filled, output.Length - filled)].CopyTo(output[filled..]);
        }
    }
}
