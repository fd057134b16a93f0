using System.Collections.Immutable;
using Agents.Programs;
using Agents.Programs.Execution;
using Agents.Programs.Planning;
using TorchSharp;
using static TorchSharp.torch;
using Scalar = Agents.Programs.Scalar;

namespace Agents.Torch;

/// <summary>Runs a plan's graph operator by operator on tensors of one device, as a reference and where a device pays.</summary>
/// <remarks>Owns a copy of the parameters on the device. All other tensors die with the run that makes them.</remarks>
internal sealed class TorchProgram : IProgram, IDisposable
{
    private readonly Plan _plan;
    private readonly float[] _parameters;
    private readonly float[] _gradient;
    private readonly TorchArrays _arrays;
    private readonly Interpreter<Tensor> _interpreter;
    private readonly ImmutableArray<Value> _wanted;
    private readonly Dictionary<Value, ArraySegment<float>> _inputs = [];
    private readonly Dictionary<Value, float> _scalars = [];
    private readonly Dictionary<RowSpace, int> _rows = [];
    private readonly Dictionary<Value, Tensor> _known = []; // parameters on the device
    private readonly Dictionary<Value, float[]> _results = [];
    private float[] _state = []; // before the step

    /// <summary>A program over parameters and a gradient.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="parameters">Flat parameters; tell by <see cref="ParametersChanged"/> when they change.</param>
    /// <param name="gradient">Destination of the flat gradient: cleared and written by each run; empty where there is none.</param>
    /// <param name="device">Where tensors are.</param>
    public TorchProgram(Plan plan, float[] parameters, float[] gradient, Device device)
    {
        TorchRuntime.Configure();
        _plan = plan;
        _parameters = parameters;
        _gradient = gradient;
        _arrays = new TorchArrays(device);
        _interpreter = new Interpreter<Tensor>(TorchForms.For(device), _arrays);
        _wanted = [.. plan.Outputs, .. plan.Sinks.Select(sink => sink.Gradient)];
    }

    /// <inheritdoc/>
    public ReadOnlySpan<float> this[Value output] =>
        _plan.Outputs.Contains(output)
            ? _results[output]
            : throw new ArgumentException($"{output} is no output of the plan. Name it when compiling.", nameof(output));

    /// <inheritdoc/>
    public void Bind(Value input, ArraySegment<float> rows) =>
        _inputs[
            input.Node.Operator is Input or Given ? input : throw new ArgumentException($"{input} is no input.", nameof(input))
        ] = rows;

    /// <inheritdoc/>
    public void Set(Value scalar, float number) =>
        _scalars[
            scalar.Node.Operator is Scalar ? scalar : throw new ArgumentException($"{scalar} is no scalar.", nameof(scalar))
        ] = number;

    /// <summary>Sets the rows of a space beyond batch and sequences.</summary>
    public void SetRows(RowSpace space, int rows) => _rows[space] = rows;

    /// <inheritdoc/>
    public void ParametersChanged()
    {
        foreach (Tensor parameter in _known.Values)
        {
            parameter.Dispose();
        }
        _known.Clear();
    }

    /// <inheritdoc/>
    public void Advance(int rows, Span<float> state)
    {
        _state = state.ToArray();
        Run(rows);
        foreach (Value output in _plan.Outputs)
        {
            if (output.Node.Operator is StateUpdate)
            {
                _results[output].CopyTo(state);
            }
        }
    }

    /// <inheritdoc/>
    public void Run(int rows, int sequences = 0, ulong draw = 0, int total = 0)
    {
        var size = new RunSize(rows, sequences == 0 ? rows : sequences, draw, _rows, total);
        if (rows < 1 || rows % size.Sequences != 0)
        {
            throw new ArgumentException($"{rows} rows are not whole steps of {size.Sequences} sequences.", nameof(rows));
        }
        using DisposeScope scope = NewDisposeScope();
        using IDisposable mode = no_grad();
        PlaceParameters();
        Dictionary<Value, Tensor> results = _interpreter.Evaluate(_wanted, size, Known(size), _parameters);
        foreach (Value output in _plan.Outputs)
        {
            int count = size.RowsOf(output.Shape) * output.Columns;
            if (!_results.TryGetValue(output, out float[]? numbers) || numbers.Length != count)
            {
                _results[output] = numbers = new float[count];
            }
            Read(results[output], numbers);
        }
        Array.Clear(_gradient);
        foreach ((Value gradient, int offset) in _plan.Sinks)
        {
            Read(results[gradient], _gradient.AsSpan(offset, gradient.Shape.Size));
        }
    }

    /// <summary>Frees the parameters on the device.</summary>
    public void Dispose() => ParametersChanged();

    private static void Read(Tensor tensor, Span<float> numbers) => tensor.contiguous().cpu().data<float>().CopyTo(numbers);

    private void PlaceParameters()
    {
        foreach (Node node in _plan.Graph.Nodes)
        {
            if (node.Operator is Parameter { Shape: var shape } parameter && !_known.ContainsKey(node.Outputs[0]))
            {
                Tensor tensor = _arrays.Of(parameter.Slot.In((ReadOnlySpan<float>)_parameters), shape.Rows, shape.Columns);
                _known.Add(node.Outputs[0], tensor.DetachFromDisposeScope());
            }
        }
    }

    private Dictionary<Value, Tensor> Known(RunSize size)
    {
        var known = new Dictionary<Value, Tensor>(_known);
        foreach ((Value input, ArraySegment<float> bound) in _inputs)
        {
            int rows = size.RowsOf(input.Shape);
            int needed = rows * input.Columns;
            if (bound.Count < needed)
            {
                throw new ArgumentException(
                    $"{needed} floats are needed of the input '{input.Node.Operator.BoundTitle()}', and {bound.Count} are bound. Bind as many rows as the run has."
                );
            }
            known.Add(input, _arrays.Of(bound.AsSpan(0, needed), rows, input.Columns));
        }
        foreach (Node node in _plan.Graph.Nodes)
        {
            if (node.Operator is State)
            {
                known.Add(node.Outputs[0], _arrays.Of(_state, size.Rows, node.Outputs[0].Columns));
            }
        }
        foreach ((Value scalar, float number) in _scalars)
        {
            known.Add(scalar, _arrays.Of([number], 1, 1));
        }
        return known;
    }
}
