using System.Numerics.Tensors;
using Agents.Kernels;

namespace Agents.Networks.Managed;

/// <summary>Long short-term memory: i, f, o = σ(·), g = tanh(·) of W_x x + b_x + W_h h + b_h; c' = f c + i g; h' = o tanh c'.</summary>
/// <remarks>Hochreiter and Schmidhuber 1997, with the forget gate of Gers et al. 2000. State per row: output, then cell.</remarks>
internal sealed class LstmLayer(ParameterLayout layout, string name, int size)
    : RecurrentLayer(layout, name, size, gateCount: 4, 2 * size)
{
    private float[] _previousCell = []; // [T, B, H]: after resets
    private float[] _cellTanh = [];
    private float[] _cellGradient = []; // [B, H]

    /// <inheritdoc/>
    protected override void EnsureRows(int rows)
    {
        _previousCell = new float[rows * Size];
        _cellTanh = new float[rows * Size];
    }

    /// <inheritdoc/>
    protected override void EnsureBatch(int batch) => _cellGradient = new float[batch * Size];

    /// <inheritdoc/>
    protected override void BeginState(int row, int previous, ReadOnlySpan<float> state, bool start)
    {
        Span<float> cell = _previousCell.AsSpan(row * Size, Size);
        if (start)
        {
            cell.Clear();
        }
        else if (state.IsEmpty)
        {
            CellOf(previous, cell);
        }
        else
        {
            state.CopyTo(cell);
        }
    }

    /// <inheritdoc/>
    protected override void SaveState(int row, Span<float> state) => CellOf(row, state);

    /// <inheritdoc/>
    protected override void ForgetGradient(int b) => _cellGradient.AsSpan(b * Size, Size).Clear();

    /// <inheritdoc/>
    protected override void Step(int row, Span<float> gates, Span<float> recurrent)
    {
        TensorPrimitives.Add(gates, recurrent, gates);
        Span<float> output = gates[(3 * Size)..];
        Elementwise.Sigmoid(gates[..(2 * Size)]);
        Elementwise.Tanh(gates.Slice(2 * Size, Size));
        Elementwise.Sigmoid(output);

        Span<float> tanh = _cellTanh.AsSpan(row * Size, Size);
        CellOf(row, tanh);
        Elementwise.Tanh(tanh);
        TensorPrimitives.Multiply(output, tanh, Outputs.AsSpan(row * Size, Size));
    }

    /// <inheritdoc/>
    protected override void StepGradient(int row, int b, ReadOnlySpan<float> outputGradient, Span<float> directGradient)
    {
        directGradient.Clear();
        Span<float> gates = Gates.AsSpan(row * GateSize, GateSize);
        Span<float> cellGradient = _cellGradient.AsSpan(b * Size, Size);
        ReadOnlySpan<float> previousCell = _previousCell.AsSpan(row * Size, Size);
        ReadOnlySpan<float> tanh = _cellTanh.AsSpan(row * Size, Size);
        for (int j = 0; j < Size; j++)
        {
            float input = gates[j];
            float forget = gates[Size + j];
            float candidate = gates[2 * Size + j];
            float output = gates[3 * Size + j];
            float cell = cellGradient[j] + outputGradient[j] * output * (1 - tanh[j] * tanh[j]);
            gates[j] = cell * candidate * input * (1 - input);
            gates[Size + j] = cell * previousCell[j] * forget * (1 - forget);
            gates[2 * Size + j] = cell * input * (1 - candidate * candidate);
            gates[3 * Size + j] = outputGradient[j] * tanh[j] * output * (1 - output);
            cellGradient[j] = cell * forget;
        }
    }

    // c' = f c + i g, from what the forward pass keeps.
    private void CellOf(int row, Span<float> cell)
    {
        ReadOnlySpan<float> gates = Gates.AsSpan(row * GateSize, GateSize);
        TensorPrimitives.Multiply(gates[..Size], gates.Slice(2 * Size, Size), cell);
        TensorPrimitives.MultiplyAdd(gates.Slice(Size, Size), _previousCell.AsSpan(row * Size, Size), cell, cell);
    }
}
