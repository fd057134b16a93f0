using Agents.Kernels;

namespace Agents.Networks.Transformers;

/// <summary>Products with the rows of one weight, without a bias: y = x Wᵀ, for all of its outputs or some of them.</summary>
/// <param name="weight">W, <c>[outputs, inputs]</c>.</param>
internal sealed class Projection(ParameterSlot weight)
{
    private readonly float[] _transposed = new float[weight.Size]; // [blocks][inputs, outputs of a block]
    private readonly int _inputs = weight.Size / weight.Shape[0];
    private int _blockSize = weight.Shape[0];

    /// <summary>Outputs that one call of <see cref="Forward"/> computes; all, unless it was set.</summary>
    public int BlockSize
    {
        get => _blockSize;
        init => _blockSize = value;
    }

    /// <summary>Takes over changed parameters.</summary>
    public void Refresh(ReadOnlySpan<float> parameters)
    {
        ReadOnlySpan<float> rows = weight.In(parameters);
        int size = BlockSize * _inputs;
        for (int offset = 0; offset < rows.Length; offset += size)
        {
            Transposition.Copy(rows.Slice(offset, size), _transposed.AsSpan(offset, size), BlockSize, _inputs);
        }
    }

    /// <summary>y = x Wᵀ, or y += x Wᵀ, of one block of outputs.</summary>
    /// <param name="x">Rows.</param>
    /// <param name="stride">Floats between rows of x.</param>
    /// <param name="y">Destination, <c>[rows, BlockSize]</c>.</param>
    /// <param name="rows">How many.</param>
    /// <param name="block">Which outputs.</param>
    /// <param name="accumulate">Whether y is added to.</param>
    public void Forward(ReadOnlySpan<float> x, int stride, Span<float> y, int rows, int block = 0, bool accumulate = false)
    {
        int size = BlockSize * _inputs;
        ReadOnlySpan<float> transposed = _transposed.AsSpan(block * size, size);
        MatrixProduct.Multiply(x, stride, 1, transposed, [], y, rows, BlockSize, _inputs, accumulate);
    }

    /// <summary>y += x_part W_partᵀ, of some inputs; only where one block is all outputs.</summary>
    /// <param name="x">Rows of <paramref name="count"/> numbers.</param>
    /// <param name="y">Added to, <c>[rows, outputs]</c>.</param>
    /// <param name="rows">How many.</param>
    /// <param name="first">First input.</param>
    /// <param name="count">Inputs.</param>
    public void AddInputs(ReadOnlySpan<float> x, Span<float> y, int rows, int first, int count)
    {
        ReadOnlySpan<float> transposed = _transposed.AsSpan(first * BlockSize, count * BlockSize);
        MatrixProduct.Multiply(x, count, 1, transposed, [], y, rows, BlockSize, count, accumulate: true);
    }

    /// <summary>Adds the gradient of one block of the weight, and adds to that of x.</summary>
    /// <param name="parameters">Flat buffer.</param>
    /// <param name="x">Rows of the forward pass, <c>[rows, inputs]</c>.</param>
    /// <param name="outputGradient">Gradient of y, <c>[rows, BlockSize]</c>.</param>
    /// <param name="inputGradient">Added to, <c>[rows, inputs]</c>; empty where nothing needs it.</param>
    /// <param name="gradient">Flat gradient buffer, added to.</param>
    /// <param name="rows">How many.</param>
    /// <param name="block">Which outputs.</param>
    public void Backward(
        ReadOnlySpan<float> parameters,
        ReadOnlySpan<float> x,
        ReadOnlySpan<float> outputGradient,
        Span<float> inputGradient,
        Span<float> gradient,
        int rows,
        int block = 0
    )
    {
        int size = BlockSize * _inputs;
        Span<float> weightGradient = weight.In(gradient).Slice(block * size, size);
        MatrixProduct.Multiply(outputGradient, 1, BlockSize, x, [], weightGradient, BlockSize, _inputs, rows, accumulate: true);
        if (!inputGradient.IsEmpty)
        {
            ReadOnlySpan<float> w = weight.In(parameters).Slice(block * size, size);
            MatrixProduct.Multiply(
                outputGradient,
                BlockSize,
                1,
                w,
                [],
                inputGradient,
                rows,
                _inputs,
                BlockSize,
                accumulate: true
            );
        }
    }
}
