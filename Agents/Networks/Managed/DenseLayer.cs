using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Agents.Kernels;

namespace Agents.Networks.Managed;

/// <summary>y = x Wᵀ + b, forward and backward, on a flat parameter buffer.</summary>
internal sealed class DenseLayer
{
    // Fewer outputs than this would fill no register as columns of a product.
    private const int FewOutputs = 8;

    // With fewer inputs than this the weight's gradient has short rows, so its transpose is computed when that has longer ones.
    private const int FewInputs = 16;

    private readonly ParameterSlot _weight;
    private readonly ParameterSlot _bias;
    private readonly float[] _transposed;
    private readonly float[] _transposedGradient;

    /// <summary>The layer of the slots <c>name.weight</c> and <c>name.bias</c>.</summary>
    public DenseLayer(ParameterLayout layout, string name)
    {
        _weight = layout[name + ".weight"];
        _bias = layout[name + ".bias"];
        Outputs = _weight.Shape[0];
        Inputs = _weight.Shape[1];
        _transposed = new float[Outputs < FewOutputs ? 0 : _weight.Size];
        _transposedGradient = new float[Inputs < FewInputs && Outputs > Inputs ? _weight.Size : 0];
    }

    /// <summary>Numbers that a row has before the layer.</summary>
    public int Inputs { get; }

    /// <summary>Numbers that a row has behind the layer.</summary>
    public int Outputs { get; }

    /// <summary>Takes over changed parameters.</summary>
    public void Refresh(ReadOnlySpan<float> parameters)
    {
        if (_transposed.Length > 0)
        {
            Transpose(_weight.In(parameters), _transposed, Outputs, Inputs);
        }
    }

    /// <summary>Writes y for rows of x.</summary>
    public void Forward(ReadOnlySpan<float> parameters, ReadOnlySpan<float> x, Span<float> y, int rows)
    {
        if (_transposed.Length == 0)
        {
            DotProducts.Multiply(x, _weight.In(parameters), _bias.In(parameters), y, rows);
        }
        else
        {
            MatrixProduct.Multiply(x, Inputs, 1, _transposed, _bias.In(parameters), y, rows, Outputs, Inputs, accumulate: false);
        }
    }

    /// <summary>Adds the gradient of weight and bias, and writes that of the input.</summary>
    /// <param name="parameters">Flat buffer.</param>
    /// <param name="x">Input of the forward pass, <c>[rows, Inputs]</c>.</param>
    /// <param name="outputGradient">Gradient of y, <c>[rows, Outputs]</c>.</param>
    /// <param name="inputGradient">Destination, <c>[rows, Inputs]</c>; empty where nothing needs it.</param>
    /// <param name="gradient">Flat gradient buffer, added to.</param>
    /// <param name="rows">Rows of the batch.</param>
    public void Backward(
        ReadOnlySpan<float> parameters,
        ReadOnlySpan<float> x,
        ReadOnlySpan<float> outputGradient,
        Span<float> inputGradient,
        Span<float> gradient,
        int rows
    )
    {
        Span<float> weightGradient = _weight.In(gradient);
        if (_transposedGradient.Length == 0)
        {
            MatrixProduct.Multiply(outputGradient, 1, Outputs, x, [], weightGradient, Outputs, Inputs, rows, accumulate: true);
        }
        else
        {
            MatrixProduct.Multiply(
                x,
                1,
                Inputs,
                outputGradient,
                [],
                _transposedGradient,
                Inputs,
                Outputs,
                rows,
                accumulate: false
            );
            AddTransposed(_transposedGradient, weightGradient, Inputs, Outputs);
        }
        Elementwise.AddColumnSums(outputGradient[..(rows * Outputs)], _bias.In(gradient));
        if (!inputGradient.IsEmpty)
        {
            BackwardInput(parameters, outputGradient, inputGradient, rows);
        }
    }

    /// <summary>Writes the gradient of the input alone, <c>[rows, Inputs]</c>.</summary>
    public void BackwardInput(
        ReadOnlySpan<float> parameters,
        ReadOnlySpan<float> outputGradient,
        Span<float> inputGradient,
        int rows
    )
    {
        MatrixProduct.Multiply(
            outputGradient,
            Outputs,
            1,
            _weight.In(parameters),
            [],
            inputGradient,
            rows,
            Inputs,
            Outputs,
            accumulate: false
        );
    }

    // Eight rows at a time, so that each cache line of the destination is written while it is near.
    private static void Transpose(ReadOnlySpan<float> source, Span<float> destination, int rows, int columns)
    {
        const int block = 8;
        ref float from = ref MemoryMarshal.GetReference(source);
        ref float to = ref MemoryMarshal.GetReference(destination);
        for (int first = 0; first < rows; first += block)
        {
            int last = Math.Min(first + block, rows);
            for (int column = 0; column < columns; column++)
            {
                for (int row = first; row < last; row++)
                {
                    Unsafe.Add(ref to, column * rows + row) = Unsafe.Add(ref from, row * columns + column);
                }
            }
        }
    }

    private static void AddTransposed(ReadOnlySpan<float> source, Span<float> destination, int rows, int columns)
    {
        ref float from = ref MemoryMarshal.GetReference(source);
        ref float to = ref MemoryMarshal.GetReference(destination);
        for (int column = 0; column < columns; column++)
        {
            for (int row = 0; row < rows; row++)
            {
                Unsafe.Add(ref to, column * rows + row) += Unsafe.Add(ref from, row * columns + column);
            }
        }
    }
}
