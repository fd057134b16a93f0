using System.Numerics.Tensors;
using Agents.Kernels;

namespace Agents.Networks.Transformers.Training;

/// <summary>Layer normalisation of rows that keeps what its gradient needs.</summary>
/// <param name="layout">Where the slots are.</param>
/// <param name="name">Their common name.</param>
internal sealed class NormSequence(ParameterLayout layout, string name)
{
    private readonly ParameterSlot _gain = layout[name + ".weight"];
    private readonly ParameterSlot _bias = layout[name + ".bias"];
    private float[] _standard = []; // [rows, width]
    private float[] _inverse = []; // [rows]
    private float[] _scratch = []; // [rows, width]

    /// <summary>Normalises rows.</summary>
    public void Forward(ReadOnlySpan<float> parameters, ReadOnlySpan<float> x, Span<float> y, int rows)
    {
        int size = rows * _gain.Size;
        if (_inverse.Length < rows)
        {
            (_standard, _scratch, _inverse) = (new float[size], new float[size], new float[rows]);
        }
        LayerNorm.Forward(x, _gain.In(parameters), _bias.In(parameters), _standard, _inverse.AsSpan(0, rows), y);
    }

    /// <summary>Applies gain and bias to rows that are at mean 0 and deviation 1 already.</summary>
    public void Scale(ReadOnlySpan<float> parameters, ReadOnlySpan<float> standard, Span<float> y)
    {
        int width = _gain.Size;
        for (int row = 0; row < standard.Length; row += width)
        {
            TensorPrimitives.MultiplyAdd(
                standard.Slice(row, width),
                _gain.In(parameters),
                _bias.In(parameters),
                y.Slice(row, width)
            );
        }
    }

    /// <summary>Adds the gradients of gain and bias from rows of <see cref="Scale"/>, whose own gradient nobody needs.</summary>
    public void ScaleGradient(ReadOnlySpan<float> standard, ReadOnlySpan<float> outputGradient, Span<float> gradient)
    {
        int width = _gain.Size;
        Span<float> gain = _gain.In(gradient);
        for (int row = 0; row < standard.Length; row += width)
        {
            TensorPrimitives.MultiplyAdd(standard.Slice(row, width), outputGradient.Slice(row, width), gain, gain);
        }
        Elementwise.AddColumnSums(outputGradient, _bias.In(gradient));
    }

    /// <summary>Adds the gradients of gain and bias, and turns that of the output into that of x.</summary>
    public void Backward(ReadOnlySpan<float> parameters, Span<float> x, Span<float> gradient, int rows)
    {
        Span<float> output = _scratch.AsSpan(0, rows * _gain.Size);
        x[..output.Length].CopyTo(output);
        LayerNorm.Backward(
            _gain.In(parameters),
            _standard,
            _inverse.AsSpan(0, rows),
            output,
            _gain.In(gradient),
            _bias.In(gradient),
            x
        );
    }
}
