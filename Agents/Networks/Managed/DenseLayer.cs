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
    private readonly SparseConnections? _connections;

    /// <summary>The layer of the slots <c>name.weight</c> and <c>name.bias</c>.</summary>
    /// <param name="layout">Where the slots are.</param>
    /// <param name="name">Their common name.</param>
    /// <param name="sparse">Whether most numbers of a row are 0, as those of one-hot vectors are.</param>
    public DenseLayer(ParameterLayout layout, string name, bool sparse = false)
    {
        _weight = layout[name + ".weight"];
        _bias = layout[name + ".bias"];
        Outputs = _weight.Shape[0];
        Inputs = _weight.Shape[1];
        _transposed = new float[Outputs < FewOutputs ? 0 : _weight.Size];
        _connections = sparse && Outputs >= FewOutputs ? new SparseConnections(new(1, 1, Inputs, 1, 1, Outputs)) : null;
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
            Transposition.Copy(_weight.In(parameters), _transposed, Outputs, Inputs);
        }
    }

    /// <summary>Writes y for rows of x.</summary>
    public void Forward(ReadOnlySpan<float> parameters, ReadOnlySpan<float> x, Span<float> y, int rows)
    {
        if (_connections is not null)
        {
            ReadOnlySpan<float> bias = _bias.In(parameters);
            for (int row = 0; row < rows; row++)
            {
                Span<float> output = y.Slice(row * Outputs, Outputs);
                bias.CopyTo(output);
                _connections.Add(x.Slice(row * Inputs, Inputs), _transposed, output);
            }
        }
        else if (_transposed.Length == 0)
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
        AddGradient(x, outputGradient, gradient, rows);
        if (!inputGradient.IsEmpty)
        {
            BackwardInput(parameters, outputGradient, inputGradient, rows);
        }
    }

    private void AddGradient(ReadOnlySpan<float> x, ReadOnlySpan<float> outputGradient, Span<float> gradient, int rows)
    {
        Span<float> weightGradient = _weight.In(gradient);
        if (_connections is not null)
        {
            for (int row = 0; row < rows; row++)
            {
                SparseProduct.AddOuter(
                    x.Slice(row * Inputs, Inputs),
                    outputGradient.Slice(row * Outputs, Outputs),
                    weightGradient
                );
            }
        }
        else if (_transposedGradient.Length == 0)
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
            Transposition.Add(_transposedGradient, weightGradient, Inputs, Outputs);
        }
        Elementwise.AddColumnSums(outputGradient[..(rows * Outputs)], _bias.In(gradient));
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
}
