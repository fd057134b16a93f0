using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using Agents.Kernels;

namespace Agents.Networks.Transformers.Training;

/// <summary>g(x, y) of whole sequences, forward and backward; the formulas stand at <see cref="GateKind"/>. Keeps its activations.</summary>
internal sealed class GateSequence
{
    private readonly GateKind _kind;
    private readonly int _width;
    private readonly Projection? _ofX;
    private readonly Projection? _ofY;
    private readonly Projection? _candidateOf;
    private readonly ParameterSlot? _bias;
    private float[] _x = []; // [rows, width], the stream before the gate
    private float[] _y = []; // what the sub-layer gave
    private float[] _first = []; // sigmoid: a GRU's r, otherwise the only one
    private float[] _update = []; // a GRU's z
    private float[] _candidate = []; // a GRU's h; SigTanh's tanh
    private float[] _reset = []; // a GRU's r x
    private float[] _scratch = [];

    /// <summary>The gate of the slots that begin with <paramref name="name"/>.</summary>
    public GateSequence(ParameterLayout layout, string name, GateKind kind, int width)
    {
        _kind = kind;
        _width = width;
        GateShape shape = GateShape.Of(kind);
        _ofX = shape.SkipMatrices > 0 ? new Projection(layout[name + ".x.weight"]) { BlockSize = width } : null;
        _ofY = shape.OutputMatrices > 0 ? new Projection(layout[name + ".y.weight"]) { BlockSize = width } : null;
        _candidateOf = shape.HasCandidate ? new Projection(layout[name + ".candidate.weight"]) : null;
        _bias = shape.HasBias ? layout[name + ".bias"] : null;
    }

    /// <summary>Takes over changed parameters.</summary>
    public void Refresh(ReadOnlySpan<float> parameters)
    {
        _ofX?.Refresh(parameters);
        _ofY?.Refresh(parameters);
        _candidateOf?.Refresh(parameters);
    }

    /// <summary>Writes g(x, y).</summary>
    /// <param name="parameters">Flat buffer.</param>
    /// <param name="x">The stream, <c>[rows, width]</c>.</param>
    /// <param name="y">The sub-layer's output, <c>[rows, width]</c>.</param>
    /// <param name="output">Destination, <c>[rows, width]</c>; may be <paramref name="x"/>.</param>
    /// <param name="rows">How many.</param>
    public void Forward(
        ReadOnlySpan<float> parameters,
        ReadOnlySpan<float> x,
        ReadOnlySpan<float> y,
        Span<float> output,
        int rows
    )
    {
        int size = rows * _width;
        if (_x.Length < size)
        {
            (_x, _y, _first, _scratch) = (new float[size], new float[size], new float[size], new float[size]);
            (_update, _candidate, _reset) = (new float[size], new float[size], new float[size]);
        }
        Span<float> keptX = _x.AsSpan(0, size);
        Span<float> keptY = _y.AsSpan(0, size);
        x[..size].CopyTo(keptX);
        y[..size].CopyTo(keptY);
        Span<float> first = _first.AsSpan(0, size);
        Span<float> candidate = _candidate.AsSpan(0, size);
        output = output[..size];
        switch (_kind)
        {
            case GateKind.Input:
                _ofX!.Forward(keptX, _width, first, rows);
                Elementwise.Sigmoid(first);
                TensorPrimitives.MultiplyAdd(first, keptX, keptY, output);
                break;
            case GateKind.Output:
                _ofX!.Forward(keptX, _width, first, rows);
                AddBias(parameters, first, -1);
                Elementwise.Sigmoid(first);
                TensorPrimitives.MultiplyAdd(first, keptY, keptX, output);
                break;
            case GateKind.Highway:
                _ofX!.Forward(keptX, _width, first, rows);
                AddBias(parameters, first, 1);
                Elementwise.Sigmoid(first);
                TensorPrimitives.Subtract(keptX, keptY, candidate);
                TensorPrimitives.MultiplyAdd(first, candidate, keptY, output);
                break;
            case GateKind.SigTanh:
                _ofY!.Forward(keptY, _width, first, rows);
                _ofY.Forward(keptY, _width, candidate, rows, block: 1);
                AddBias(parameters, first, -1);
                Elementwise.Sigmoid(first);
                Elementwise.Tanh(candidate);
                TensorPrimitives.MultiplyAdd(first, candidate, keptX, output);
                break;
            case GateKind.Gru:
                ForwardGru(parameters, rows, output);
                break;
            case GateKind.Residual:
                TensorPrimitives.Add(keptX, keptY, output);
                break;
            default:
                throw new SwitchExpressionException(_kind);
        }
    }

    /// <summary>Adds the parameters' gradient, and writes those of the latest x and y.</summary>
    /// <param name="parameters">Flat buffer.</param>
    /// <param name="xGradient">Gradient of the output on entry, that of x on return, <c>[rows, width]</c>.</param>
    /// <param name="yGradient">Destination, <c>[rows, width]</c>.</param>
    /// <param name="gradient">Flat gradient buffer, added to.</param>
    /// <param name="rows">How many.</param>
    public void Backward(
        ReadOnlySpan<float> parameters,
        Span<float> xGradient,
        Span<float> yGradient,
        Span<float> gradient,
        int rows
    )
    {
        int size = rows * _width;
        xGradient = xGradient[..size];
        yGradient = yGradient[..size];
        ReadOnlySpan<float> x = _x.AsSpan(0, size);
        ReadOnlySpan<float> y = _y.AsSpan(0, size);
        ReadOnlySpan<float> first = _first.AsSpan(0, size);
        ReadOnlySpan<float> candidate = _candidate.AsSpan(0, size);
        Span<float> before = _scratch.AsSpan(0, size); // gradient before the sigmoid
        switch (_kind)
        {
            case GateKind.Input: // s x + y
                xGradient.CopyTo(yGradient);
                TensorPrimitives.Multiply(xGradient, x, before);
                SigmoidGradient(first, before);
                TensorPrimitives.Multiply(xGradient, first, xGradient);
                _ofX!.Backward(parameters, x, before, xGradient, gradient, rows);
                break;
            case GateKind.Output: // x + s y
                TensorPrimitives.Multiply(xGradient, y, before);
                SigmoidGradient(first, before);
                TensorPrimitives.Multiply(xGradient, first, yGradient);
                _ofX!.Backward(parameters, x, before, xGradient, gradient, rows);
                BiasGradient(gradient, before, -1);
                break;
            case GateKind.Highway: // y + s (x − y), whose bracket is kept
                TensorPrimitives.Multiply(xGradient, candidate, before);
                SigmoidGradient(first, before);
                TensorPrimitives.Multiply(xGradient, first, yGradient); // s g, the part of x
                TensorPrimitives.Subtract(xGradient, yGradient, xGradient); // (1 − s) g, the part of y
                SwapParts(xGradient, yGradient);
                _ofX!.Backward(parameters, x, before, xGradient, gradient, rows);
                BiasGradient(gradient, before, 1);
                break;
            case GateKind.SigTanh: // x + s c
                yGradient.Clear();
                TensorPrimitives.Multiply(xGradient, candidate, before);
                SigmoidGradient(first, before);
                _ofY!.Backward(parameters, y, before, yGradient, gradient, rows);
                BiasGradient(gradient, before, -1);
                TensorPrimitives.Multiply(xGradient, first, before);
                Elementwise.TanhGradient(candidate, before);
                _ofY.Backward(parameters, y, before, yGradient, gradient, rows, block: 1);
                break;
            case GateKind.Gru:
                BackwardGru(parameters, xGradient, yGradient, gradient, rows);
                break;
            case GateKind.Residual:
                xGradient.CopyTo(yGradient);
                break;
            default:
                throw new SwitchExpressionException(_kind);
        }
    }

    private void ForwardGru(ReadOnlySpan<float> parameters, int rows, Span<float> output)
    {
        int size = rows * _width;
        Span<float> x = _x.AsSpan(0, size);
        Span<float> y = _y.AsSpan(0, size);
        Span<float> reset = _first.AsSpan(0, size);
        Span<float> update = _update.AsSpan(0, size);
        Span<float> candidate = _candidate.AsSpan(0, size);
        Span<float> kept = _reset.AsSpan(0, size);
        _ofY!.Forward(y, _width, reset, rows);
        _ofX!.Forward(x, _width, reset, rows, accumulate: true);
        Elementwise.Sigmoid(reset);
        TensorPrimitives.Multiply(reset, x, kept);
        _ofY.Forward(y, _width, update, rows, block: 1);
        _ofX.Forward(x, _width, update, rows, block: 1, accumulate: true);
        AddBias(parameters, update, -1);
        Elementwise.Sigmoid(update);
        _ofY.Forward(y, _width, candidate, rows, block: 2);
        _candidateOf!.Forward(kept, _width, candidate, rows, accumulate: true);
        Elementwise.Tanh(candidate);
        Span<float> step = _scratch.AsSpan(0, size);
        TensorPrimitives.Subtract(candidate, x, step);
        TensorPrimitives.MultiplyAdd(update, step, x, output); // x + z (h − x)
    }

    private void BackwardGru(
        ReadOnlySpan<float> parameters,
        Span<float> xGradient,
        Span<float> yGradient,
        Span<float> gradient,
        int rows
    )
    {
        int size = rows * _width;
        ReadOnlySpan<float> x = _x.AsSpan(0, size);
        ReadOnlySpan<float> y = _y.AsSpan(0, size);
        ReadOnlySpan<float> reset = _first.AsSpan(0, size);
        ReadOnlySpan<float> kept = _reset.AsSpan(0, size);
        Span<float> update = _update.AsSpan(0, size);
        Span<float> candidate = _candidate.AsSpan(0, size);
        Span<float> before = _scratch.AsSpan(0, size);
        yGradient.Clear();
        // z: g (h − x) z (1 − z)
        TensorPrimitives.Subtract(candidate, x, before);
        TensorPrimitives.Multiply(before, xGradient, before);
        SigmoidGradient(update, before);
        _ofY!.Backward(parameters, y, before, yGradient, gradient, rows, block: 1);
        BiasGradient(gradient, before, -1);
        // What the candidate gets is needed once more behind x's part, so z is used up for it.
        TensorPrimitives.Multiply(xGradient, update, update); // z g
        TensorPrimitives.Subtract(xGradient, update, xGradient); // (1 − z) g
        _ofX!.Backward(parameters, x, before, xGradient, gradient, rows, block: 1);
        // h
        Elementwise.TanhGradient(candidate, update);
        _ofY.Backward(parameters, y, update, yGradient, gradient, rows, block: 2);
        before.Clear();
        _candidateOf!.Backward(parameters, kept, update, before, gradient, rows);
        // r x
        TensorPrimitives.MultiplyAdd(before, reset, xGradient, xGradient);
        TensorPrimitives.Multiply(before, x, before);
        SigmoidGradient(reset, before);
        _ofY.Backward(parameters, y, before, yGradient, gradient, rows);
        _ofX.Backward(parameters, x, before, xGradient, gradient, rows);
    }

    private void AddBias(ReadOnlySpan<float> parameters, Span<float> values, float sign)
    {
        ReadOnlySpan<float> bias = _bias!.In(parameters);
        for (int row = 0; row < values.Length; row += _width)
        {
            TensorPrimitives.MultiplyAdd(bias, sign, values.Slice(row, _width), values.Slice(row, _width));
        }
    }

    private void BiasGradient(Span<float> gradient, ReadOnlySpan<float> before, float sign)
    {
        Span<float> bias = _bias!.In(gradient);
        for (int row = 0; row < before.Length; row += _width)
        {
            TensorPrimitives.MultiplyAdd(before.Slice(row, _width), sign, bias, bias);
        }
    }

    private static void SigmoidGradient(ReadOnlySpan<float> outputs, Span<float> gradients)
    {
        for (int i = 0; i < gradients.Length; i++)
        {
            gradients[i] *= outputs[i] * (1 - outputs[i]);
        }
    }

    private static void SwapParts(Span<float> a, Span<float> b)
    {
        for (int i = 0; i < a.Length; i++)
        {
            (a[i], b[i]) = (b[i], a[i]);
        }
    }
}
