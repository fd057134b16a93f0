using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using Agents.Kernels;

namespace Agents.Networks.Transformers;

/// <summary>g(x, y) in plain C#; the formulas stand at <see cref="GateKind"/>.</summary>
internal sealed class ManagedGate
{
    private readonly GateKind _kind;
    private readonly int _width;
    private readonly Projection? _ofX;
    private readonly Projection? _ofY;
    private readonly Projection? _candidate;
    private readonly ParameterSlot? _biasSlot;
    private float[] _bias = []; // [B, width], one row like the other
    private float[] _first = []; // [B, width]
    private float[] _second = [];
    private float[] _third = [];

    /// <summary>The gate of the slots that begin with <paramref name="name"/>.</summary>
    /// <param name="layout">Where the slots are.</param>
    /// <param name="name">Their common name.</param>
    /// <param name="kind">Which gate.</param>
    /// <param name="width">Numbers of a row.</param>
    public ManagedGate(ParameterLayout layout, string name, GateKind kind, int width)
    {
        _kind = kind;
        _width = width;
        GateShape shape = GateShape.Of(kind);
        _ofX = shape.SkipMatrices > 0 ? new Projection(layout[name + ".x.weight"]) { BlockSize = width } : null;
        _ofY = shape.OutputMatrices > 0 ? new Projection(layout[name + ".y.weight"]) { BlockSize = width } : null;
        _candidate = shape.HasCandidate ? new Projection(layout[name + ".candidate.weight"]) : null;
        _biasSlot = shape.HasBias ? layout[name + ".bias"] : null;
    }

    /// <summary>Takes over changed parameters.</summary>
    public void Refresh(ReadOnlySpan<float> parameters)
    {
        _ofX?.Refresh(parameters);
        _ofY?.Refresh(parameters);
        _candidate?.Refresh(parameters);
        FillBias(parameters);
    }

    /// <summary>x ← g(x, y).</summary>
    /// <param name="parameters">Flat buffer.</param>
    /// <param name="x">The stream, <c>[B, width]</c>.</param>
    /// <param name="y">The sub-layer's output, <c>[B, width]</c>; used up.</param>
    /// <param name="rows">B.</param>
    public void Apply(ReadOnlySpan<float> parameters, Span<float> x, Span<float> y, int rows)
    {
        int size = rows * _width;
        if (_first.Length < size)
        {
            _first = new float[size];
            _second = new float[size];
            _third = new float[size];
            _bias = new float[_biasSlot is null ? 0 : size];
            FillBias(parameters);
        }
        Span<float> first = _first.AsSpan(0, size);
        Span<float> second = _second.AsSpan(0, size);
        ReadOnlySpan<float> bias = _bias.AsSpan(0, _biasSlot is null ? 0 : size);
        switch (_kind)
        {
            case GateKind.Input:
                _ofX!.Forward(x, _width, first, rows);
                Elementwise.Sigmoid(first);
                TensorPrimitives.MultiplyAdd(first, x, y, x);
                break;
            case GateKind.Output:
                _ofX!.Forward(x, _width, first, rows);
                TensorPrimitives.Subtract(first, bias, first);
                Elementwise.Sigmoid(first);
                TensorPrimitives.MultiplyAdd(first, y, x, x);
                break;
            case GateKind.Highway:
                _ofX!.Forward(x, _width, first, rows);
                TensorPrimitives.Add(first, bias, first);
                Elementwise.Sigmoid(first);
                TensorPrimitives.Subtract(x, y, x);
                TensorPrimitives.MultiplyAdd(first, x, y, x);
                break;
            case GateKind.SigTanh:
                _ofY!.Forward(y, _width, first, rows);
                _ofY.Forward(y, _width, second, rows, block: 1);
                TensorPrimitives.Subtract(first, bias, first);
                Elementwise.Sigmoid(first);
                Elementwise.Tanh(second);
                TensorPrimitives.MultiplyAdd(first, second, x, x);
                break;
            case GateKind.Gru:
                ApplyGru(x, y, first, second, bias, rows);
                break;
            case GateKind.Residual:
                TensorPrimitives.Add(x, y, x);
                break;
            default:
                throw new SwitchExpressionException(_kind);
        }
    }

    private void ApplyGru(Span<float> x, Span<float> y, Span<float> first, Span<float> update, ReadOnlySpan<float> bias, int rows)
    {
        Span<float> candidate = _third.AsSpan(0, x.Length);
        _ofY!.Forward(y, _width, first, rows);
        _ofX!.Forward(x, _width, first, rows, accumulate: true);
        Elementwise.Sigmoid(first);
        TensorPrimitives.Multiply(first, x, first); // r x
        _ofY.Forward(y, _width, update, rows, block: 1);
        _ofX.Forward(x, _width, update, rows, block: 1, accumulate: true);
        TensorPrimitives.Subtract(update, bias, update);
        Elementwise.Sigmoid(update);
        _ofY.Forward(y, _width, candidate, rows, block: 2);
        _candidate!.Forward(first, _width, candidate, rows, accumulate: true);
        Elementwise.Tanh(candidate);
        TensorPrimitives.Subtract(candidate, x, candidate);
        TensorPrimitives.MultiplyAdd(update, candidate, x, x); // (1 − z) x + z h
    }

    private void FillBias(ReadOnlySpan<float> parameters)
    {
        for (int offset = 0; offset < _bias.Length; offset += _width)
        {
            _biasSlot!.In(parameters).CopyTo(_bias.AsSpan(offset));
        }
    }
}
