using System.Numerics.Tensors;

namespace Agents.Networks.Managed;

/// <summary>A gated memory over sequences, forward and backward through time, with resets at episode starts.</summary>
/// <remarks>
/// The products with the inputs of all steps are one matrix product, and so are those of the weights' gradients; only the product with
/// the previous output goes step by step. A derived class says what one row of a step does.
/// </remarks>
internal abstract class RecurrentLayer : ManagedCore
{
    private readonly DenseLayer _input;
    private readonly DenseLayer _hidden;
    private readonly int _stateSize;
    private float[] _recurrent = []; // [B, G × H]
    private float[] _hiddenGradient = []; // [B, H]
    private float[] _directGradient = []; // [B, H]

    /// <summary>The core of the slots <c>name.input</c> and <c>name.hidden</c>.</summary>
    /// <param name="layout">Where the slots are.</param>
    /// <param name="name">Their common name.</param>
    /// <param name="size">Units, H.</param>
    /// <param name="gateCount">Gates, G.</param>
    /// <param name="stateSize">Floats of state per row.</param>
    protected RecurrentLayer(ParameterLayout layout, string name, int size, int gateCount, int stateSize)
    {
        _input = new DenseLayer(layout, name + ".input");
        _hidden = new DenseLayer(layout, name + ".hidden");
        _stateSize = stateSize;
        Size = size;
        GateSize = gateCount * size;
    }

    /// <summary>Units, H.</summary>
    protected int Size { get; }

    /// <summary>Numbers of one row's gates, G × H.</summary>
    protected int GateSize { get; }

    /// <summary>Gates, <c>[T, B, G × H]</c>: activated by the forward pass; their gradients before activation after the backward one.</summary>
    protected float[] Gates { get; private set; } = [];

    /// <summary>Output before each step, after resets, <c>[T, B, H]</c>.</summary>
    protected float[] PreviousHidden { get; private set; } = [];

    /// <summary>Output of each step, <c>[T, B, H]</c>.</summary>
    protected float[] Outputs { get; private set; } = [];

    /// <inheritdoc/>
    public override void Refresh(ReadOnlySpan<float> parameters)
    {
        _input.Refresh(parameters);
        _hidden.Refresh(parameters);
    }

    /// <inheritdoc/>
    public override ReadOnlySpan<float> Output(int rows) => Outputs.AsSpan(0, rows * Size);

    /// <inheritdoc/>
    public override ReadOnlySpan<float> Forward(
        ReadOnlySpan<float> parameters,
        ReadOnlySpan<float> x,
        int rows,
        scoped in SequenceState sequence
    )
    {
        int batch = rows / sequence.Steps;
        if (Outputs.Length < rows * Size)
        {
            Gates = new float[rows * GateSize];
            PreviousHidden = new float[rows * Size];
            Outputs = new float[rows * Size];
            EnsureRows(rows);
        }
        if (_hiddenGradient.Length < batch * Size)
        {
            _recurrent = new float[batch * GateSize];
            _hiddenGradient = new float[batch * Size];
            _directGradient = new float[batch * Size];
            EnsureBatch(batch);
        }
        int stride = sequence.CoreState.Length / batch;
        _input.Forward(parameters, x, Gates.AsSpan(0, rows * GateSize), rows);
        for (int t = 0; t < sequence.Steps; t++)
        {
            int first = t * batch;
            for (int b = 0; b < batch; b++)
            {
                ReadOnlySpan<float> state = t == 0 ? sequence.CoreState.Slice(b * stride + sequence.Offset, _stateSize) : [];
                Begin(first + b, first + b - batch, state, sequence.EpisodeStarts[first + b]);
            }
            Span<float> recurrent = _recurrent.AsSpan(0, batch * GateSize);
            _hidden.Forward(parameters, PreviousHidden.AsSpan(first * Size, batch * Size), recurrent, batch);
            for (int b = 0; b < batch; b++)
            {
                int row = first + b;
                Step(row, Gates.AsSpan(row * GateSize, GateSize), recurrent.Slice(b * GateSize, GateSize));
            }
        }
        for (int b = 0; b < batch; b++)
        {
            int row = rows - batch + b;
            Span<float> state = sequence.CoreState.Slice(b * stride + sequence.Offset, _stateSize);
            Outputs.AsSpan(row * Size, Size).CopyTo(state);
            SaveState(row, state[Size..]);
        }
        return Output(rows);
    }

    /// <inheritdoc/>
    public override void Backward(
        ReadOnlySpan<float> parameters,
        ReadOnlySpan<float> x,
        ReadOnlySpan<float> outputGradient,
        Span<float> inputGradient,
        Span<float> gradient,
        int rows,
        scoped in SequenceState sequence,
        ILayerObserver? observer
    )
    {
        int batch = rows / sequence.Steps;
        Span<float> hidden = _hiddenGradient.AsSpan(0, batch * Size);
        Span<float> direct = _directGradient.AsSpan(0, batch * Size);
        hidden.Clear();
        for (int b = 0; b < batch; b++)
        {
            ForgetGradient(b);
        }
        for (int t = sequence.Steps - 1; t >= 0; t--)
        {
            int first = t * batch;
            TensorPrimitives.Add(hidden, outputGradient.Slice(first * Size, batch * Size), hidden);
            for (int b = 0; b < batch; b++)
            {
                StepGradient(first + b, b, hidden.Slice(b * Size, Size), direct.Slice(b * Size, Size));
            }
            _hidden.BackwardInput(parameters, HiddenGateGradients.AsSpan(first * GateSize, batch * GateSize), hidden, batch);
            TensorPrimitives.Add(hidden, direct, hidden);
            for (int b = 0; b < batch; b++)
            {
                if (sequence.EpisodeStarts[first + b])
                {
                    hidden.Slice(b * Size, Size).Clear();
                    ForgetGradient(b);
                }
            }
        }
        Span<float> hiddenGates = HiddenGateGradients.AsSpan(0, rows * GateSize);
        _hidden.Backward(parameters, PreviousHidden, hiddenGates, [], gradient, rows, observer, sequence.Steps);
        Span<float> inputGates = Gates.AsSpan(0, rows * GateSize);
        _input.Backward(parameters, x, inputGates, inputGradient, gradient, rows, observer, sequence.Steps);
    }

    /// <summary>Gradient of W_h h + b_h, <c>[T, B, G × H]</c>: the gates' own, unless the core scales the product.</summary>
    protected virtual float[] HiddenGateGradients => Gates;

    /// <summary>Makes room for rows of a sequence.</summary>
    protected abstract void EnsureRows(int rows);

    /// <summary>Makes room for rows of a step.</summary>
    protected abstract void EnsureBatch(int batch);

    /// <summary>One row of a step: from W_x x + b_x in <paramref name="gates"/> and W_h h + b_h to activated gates and the row's output.</summary>
    protected abstract void Step(int row, Span<float> gates, Span<float> recurrent);

    /// <summary>The row's gate gradients before activation, from that of its output; what reaches the previous output past the weights.</summary>
    /// <param name="row">Row t × B + b.</param>
    /// <param name="b">Copy.</param>
    /// <param name="outputGradient">Gradient of the row's output, <c>[H]</c>.</param>
    /// <param name="directGradient">Destination, <c>[H]</c>.</param>
    protected abstract void StepGradient(int row, int b, ReadOnlySpan<float> outputGradient, Span<float> directGradient);

    /// <summary>Takes the state beyond the output over from the previous row, a saved state, or zero.</summary>
    protected virtual void BeginState(int row, int previous, ReadOnlySpan<float> state, bool start) { }

    /// <summary>Writes the state beyond the output.</summary>
    protected virtual void SaveState(int row, Span<float> state) { }

    /// <summary>Drops the gradient of a copy's state beyond the output.</summary>
    protected virtual void ForgetGradient(int b) { }

    private void Begin(int row, int previous, ReadOnlySpan<float> state, bool start)
    {
        Span<float> hidden = PreviousHidden.AsSpan(row * Size, Size);
        if (start)
        {
            hidden.Clear();
        }
        else
        {
            (state.IsEmpty ? Outputs.AsSpan(previous * Size, Size) : state[..Size]).CopyTo(hidden);
        }
        BeginState(row, previous, state.IsEmpty ? [] : state[Size..], start);
    }
}
