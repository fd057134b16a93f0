using System.Numerics.Tensors;
using Agents.Kernels;

namespace Agents.Networks.Managed;

/// <summary>A long short-term memory over sequences, forward and backward through time, with resets at episode starts.</summary>
/// <remarks>
/// i, f, o = σ(·), g = tanh(·) of W_x x + b_x + W_h h + b_h; c' = f c + i g; h' = o tanh c'. The products with x of all steps are one
/// matrix product, and so are those of the weights' gradients; only W_h h goes step by step.
/// </remarks>
internal sealed class LstmLayer
{
    private const int Gates = 4;

    private readonly DenseLayer _input;
    private readonly DenseLayer _hidden;
    private readonly int _size;
    private float[] _gates = []; // [T, B, 4 H]: activated in the forward pass, gradients before activation in the backward one
    private float[] _recurrent = []; // [B, 4 H]
    private float[] _previousHidden = []; // [T, B, H]: after resets
    private float[] _previousCell = [];
    private float[] _cellTanh = [];
    private float[] _outputs = [];
    private float[] _hiddenGradient = []; // [B, H]
    private float[] _cellGradient = [];

    /// <summary>The core of the slots <c>name.input</c> and <c>name.hidden</c>.</summary>
    public LstmLayer(ParameterLayout layout, string name, int size)
    {
        _input = new DenseLayer(layout, name + ".input");
        _hidden = new DenseLayer(layout, name + ".hidden");
        _size = size;
    }

    /// <summary>Takes over changed parameters.</summary>
    public void Refresh(ReadOnlySpan<float> parameters)
    {
        _input.Refresh(parameters);
        _hidden.Refresh(parameters);
    }

    /// <summary>Output of the latest forward pass, <c>[T, B, H]</c>.</summary>
    public ReadOnlySpan<float> Output(int rows) => _outputs.AsSpan(0, rows * _size);

    /// <summary>Runs sequences and advances their state; the result is valid until the next call.</summary>
    public ReadOnlySpan<float> Forward(
        ReadOnlySpan<float> parameters,
        ReadOnlySpan<float> x,
        int rows,
        scoped in SequenceState sequence
    )
    {
        int batch = rows / sequence.Steps;
        EnsureCapacity(rows, batch);
        Span<float> gates = _gates.AsSpan(0, rows * Gates * _size);
        Span<float> recurrent = _recurrent.AsSpan(0, batch * Gates * _size);
        int stateSize = sequence.CoreState.Length / batch;
        _input.Forward(parameters, x, gates, rows);
        for (int t = 0; t < sequence.Steps; t++)
        {
            for (int b = 0; b < batch; b++)
            {
                LoadState(sequence, t, b, batch, stateSize);
            }
            int first = t * batch;
            _hidden.Forward(parameters, _previousHidden.AsSpan(first * _size, batch * _size), recurrent, batch);
            Span<float> stepGates = gates.Slice(first * Gates * _size, batch * Gates * _size);
            TensorPrimitives.Add(stepGates, recurrent, stepGates);
            for (int b = 0; b < batch; b++)
            {
                Cell(first + b, stepGates.Slice(b * Gates * _size, Gates * _size));
            }
        }
        StoreState(sequence, batch, stateSize);
        return Output(rows);
    }

    /// <summary>Adds the gradient of the parameters, and writes that of the input; gradients stop at the sequence's first step.</summary>
    /// <param name="parameters">Flat buffer.</param>
    /// <param name="x">Input of the forward pass.</param>
    /// <param name="outputGradient">Gradient of the output, <c>[T, B, H]</c>.</param>
    /// <param name="inputGradient">Destination, as long as <paramref name="x"/>; empty where nothing needs it.</param>
    /// <param name="gradient">Flat gradient buffer, added to.</param>
    /// <param name="rows">T × B.</param>
    /// <param name="sequence">Steps and episode starts of the forward pass.</param>
    public void Backward(
        ReadOnlySpan<float> parameters,
        ReadOnlySpan<float> x,
        ReadOnlySpan<float> outputGradient,
        Span<float> inputGradient,
        Span<float> gradient,
        int rows,
        scoped in SequenceState sequence
    )
    {
        int batch = rows / sequence.Steps;
        Span<float> hiddenGradient = _hiddenGradient.AsSpan(0, batch * _size);
        Span<float> cellGradient = _cellGradient.AsSpan(0, batch * _size);
        hiddenGradient.Clear();
        cellGradient.Clear();
        for (int t = sequence.Steps - 1; t >= 0; t--)
        {
            int first = t * batch;
            TensorPrimitives.Add(hiddenGradient, outputGradient.Slice(first * _size, batch * _size), hiddenGradient);
            for (int b = 0; b < batch; b++)
            {
                CellGradient(first + b, hiddenGradient.Slice(b * _size, _size), cellGradient.Slice(b * _size, _size));
            }
            _hidden.BackwardInput(parameters, _gates.AsSpan(first * Gates * _size, batch * Gates * _size), hiddenGradient, batch);
            for (int b = 0; b < batch; b++)
            {
                if (sequence.EpisodeStarts[first + b])
                {
                    hiddenGradient.Slice(b * _size, _size).Clear();
                    cellGradient.Slice(b * _size, _size).Clear();
                }
            }
        }
        ReadOnlySpan<float> gates = _gates.AsSpan(0, rows * Gates * _size);
        _hidden.Backward(parameters, _previousHidden, gates, [], gradient, rows);
        _input.Backward(parameters, x, gates, inputGradient, gradient, rows);
    }

    // State before step t: the given one or the previous step's, or zero at an episode's start.
    private void LoadState(scoped in SequenceState sequence, int t, int b, int batch, int stateSize)
    {
        int row = t * batch + b;
        Span<float> hidden = _previousHidden.AsSpan(row * _size, _size);
        Span<float> cell = _previousCell.AsSpan(row * _size, _size);
        if (sequence.EpisodeStarts[row])
        {
            hidden.Clear();
            cell.Clear();
        }
        else if (t == 0)
        {
            ReadOnlySpan<float> state = sequence.CoreState.Slice(b * stateSize + sequence.Offset, 2 * _size);
            state[.._size].CopyTo(hidden);
            state[_size..].CopyTo(cell);
        }
        else
        {
            int previous = row - batch;
            _outputs.AsSpan(previous * _size, _size).CopyTo(hidden);
            CellOf(previous, cell);
        }
    }

    private void StoreState(scoped in SequenceState sequence, int batch, int stateSize)
    {
        int first = (sequence.Steps - 1) * batch;
        for (int b = 0; b < batch; b++)
        {
            Span<float> state = sequence.CoreState.Slice(b * stateSize + sequence.Offset, 2 * _size);
            _outputs.AsSpan((first + b) * _size, _size).CopyTo(state);
            CellOf(first + b, state[_size..]);
        }
    }

    // c' = f c + i g, from what the forward pass keeps.
    private void CellOf(int row, Span<float> cell)
    {
        ReadOnlySpan<float> gates = _gates.AsSpan(row * Gates * _size, Gates * _size);
        TensorPrimitives.Multiply(gates[.._size], gates.Slice(2 * _size, _size), cell);
        TensorPrimitives.MultiplyAdd(gates.Slice(_size, _size), _previousCell.AsSpan(row * _size, _size), cell, cell);
    }

    private void Cell(int row, Span<float> gates)
    {
        Span<float> output = gates[(3 * _size)..];
        Elementwise.Sigmoid(gates[..(2 * _size)]);
        Elementwise.Tanh(gates.Slice(2 * _size, _size));
        Elementwise.Sigmoid(output);

        Span<float> tanh = _cellTanh.AsSpan(row * _size, _size);
        CellOf(row, tanh);
        Elementwise.Tanh(tanh);
        TensorPrimitives.Multiply(output, tanh, _outputs.AsSpan(row * _size, _size));
    }

    // Replaces the row's gates by their gradients before activation, and the cell's gradient by that of the previous cell.
    private void CellGradient(int row, ReadOnlySpan<float> hiddenGradient, Span<float> cellGradient)
    {
        Span<float> gates = _gates.AsSpan(row * Gates * _size, Gates * _size);
        ReadOnlySpan<float> previousCell = _previousCell.AsSpan(row * _size, _size);
        ReadOnlySpan<float> tanh = _cellTanh.AsSpan(row * _size, _size);
        for (int j = 0; j < _size; j++)
        {
            float input = gates[j];
            float forget = gates[_size + j];
            float candidate = gates[2 * _size + j];
            float output = gates[3 * _size + j];
            float cell = cellGradient[j] + hiddenGradient[j] * output * (1 - tanh[j] * tanh[j]);
            gates[j] = cell * candidate * input * (1 - input);
            gates[_size + j] = cell * previousCell[j] * forget * (1 - forget);
            gates[2 * _size + j] = cell * input * (1 - candidate * candidate);
            gates[3 * _size + j] = hiddenGradient[j] * tanh[j] * output * (1 - output);
            cellGradient[j] = cell * forget;
        }
    }

    private void EnsureCapacity(int rows, int batch)
    {
        if (_outputs.Length < rows * _size)
        {
            _gates = new float[rows * Gates * _size];
            _previousHidden = new float[rows * _size];
            _previousCell = new float[rows * _size];
            _cellTanh = new float[rows * _size];
            _outputs = new float[rows * _size];
        }
        if (_hiddenGradient.Length < batch * _size)
        {
            _recurrent = new float[batch * Gates * _size];
            _hiddenGradient = new float[batch * _size];
            _cellGradient = new float[batch * _size];
        }
    }
}
