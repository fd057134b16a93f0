using System.Runtime.InteropServices;
using Agents.Programs.Planning;

namespace Agents.Programs.Execution;

/// <summary>Evaluates values of a graph directly, all rows of a value at once, over whatever arrays: a reference for planned programs.</summary>
/// <remarks>
/// It knows nothing of blocks, buffers and segments, so that it shares none of the planner's mistakes. Loops run step by step: row t × B + b is
/// step t of sequence b.
/// </remarks>
/// <typeparam name="T">An array of rows and columns.</typeparam>
/// <param name="forms">What operators do to arrays.</param>
/// <param name="arrays">What the interpreter itself does to them.</param>
internal sealed class Interpreter<T>(FormTable<T> forms, IArrays<T> arrays)
{
    /// <summary>Evaluates values and all that they depend on.</summary>
    /// <param name="wanted">The values.</param>
    /// <param name="size">Rows of the run.</param>
    /// <param name="known">Values that are not computed: inputs and scalars, and whatever else should be other than the graph says.</param>
    /// <param name="parameters">Flat parameters, for those that are not known.</param>
    /// <exception cref="GraphException">Something is not bound, has no form, or cannot run.</exception>
    public Dictionary<Value, T> Evaluate(
        IReadOnlyCollection<Value> wanted,
        RunSize size,
        IReadOnlyDictionary<Value, T> known,
        float[] parameters
    )
    {
        var values = new Dictionary<Value, T>(known);
        foreach (Node[] group in Components.Of(wanted))
        {
            if (Components.IsLoop(group))
            {
                RunLoop(group, size, values);
            }
            else if (group[0].Operator is Delay)
            {
                RunDelay(group[0], size, values);
            }
            else if (!Array.TrueForAll([.. group[0].Outputs], values.ContainsKey))
            {
                Run(group[0], size, values, parameters);
            }
        }
        return wanted.Distinct().ToDictionary(value => value, value => values[value]);
    }

    private void Run(Node node, RunSize size, Dictionary<Value, T> values, float[] parameters)
    {
        if (node.Operator is Leaf)
        {
            values[node.Outputs[0]] = OfLeaf(node, size, parameters);
            return;
        }
        T[] inputs = [.. node.Inputs.ToArray().Select(input => values[input])];
        Shape shape = node.Outputs[0].Shape;
        T[] outputs = Apply(node, inputs, size.RowsOf(shape), size);
        for (int i = 0; i < outputs.Length; i++)
        {
            values.TryAdd(node.Outputs[i], outputs[i]);
        }
    }

    private T OfLeaf(Node node, RunSize size, float[] parameters) =>
        node.Operator switch
        {
            Constant constant => arrays.Of(constant.Numbers.AsSpan(), constant.Rows, constant.Columns),
            Parameter { Shape: var shape } parameter => arrays.Of(
                parameter.Slot.In((ReadOnlySpan<float>)parameters),
                shape.Rows,
                shape.Columns
            ),
            InverseCount count => arrays.Of([1f / size.MeanCount(count.Space)], 1, 1),
            Scalar => arrays.Zeros(1, 1),
            Input or Given => throw new GraphException(
                $"{node.Title}: nothing is bound to the input '{node.Operator.BoundTitle()}'. Bind it first."
            ),
            _ => throw new GraphException($"{node.Title}: the interpreter does not know where this comes from."),
        };

    private void RunDelay(Node node, RunSize size, Dictionary<Value, T> values)
    {
        int steps = size.Rows / size.Sequences;
        var results = new T[steps];
        for (int t = 0; t < steps; t++)
        {
            results[t] = DelayedTo(node, t, steps, (value, step) => StepOf(values[value], step, size), values);
        }
        values[node.Outputs[0]] = arrays.Stack(results);
    }

    private void RunLoop(Node[] loop, RunSize size, Dictionary<Value, T> values)
    {
        int steps = size.Rows / size.Sequences;
        var history = loop.SelectMany(node => node.Outputs).ToDictionary(value => value, _ => new T[steps]);
        for (int i = 0; i < steps; i++)
        {
            int t = Components.DirectionOf(loop) switch
            {
                DelayDirection.Earlier => i,
                DelayDirection.Later => steps - 1 - i,
            };
            foreach (Node node in loop)
            {
                if (node.Operator is Delay)
                {
                    history[node.Outputs[0]][t] = DelayedTo(node, t, steps, At, values);
                    continue;
                }
                T[] inputs = [.. node.Inputs.ToArray().Select(input => At(input, t))];
                T[] outputs = Apply(node, inputs, size.Sequences, size);
                for (int output = 0; output < outputs.Length; output++)
                {
                    history[node.Outputs[output]][t] = outputs[output];
                }
            }
        }
        foreach ((Value value, T[] results) in history)
        {
            values[value] = arrays.Stack(results);
        }

        T At(Value value, int step) =>
            history.TryGetValue(value, out T[]? computed) ? computed[step]
            : value.Shape.IsConstant ? values[value]
            : StepOf(values[value], step, size);
    }

    // One step of what a delay gives.
    private T DelayedTo(Node node, int t, int steps, Func<Value, int, T> at, Dictionary<Value, T> values)
    {
        var delay = (Delay)node.Operator;
        (Value keep, Value value) = (node.Inputs[0], node.Inputs[1]);
        T keptAtThis = at(keep, t);
        switch (delay.Direction)
        {
            case DelayDirection.Earlier when t > 0:
                return arrays.Kept(at(value, t - 1), keptAtThis);
            case DelayDirection.Earlier when node.Inputs.Length == 3:
                return arrays.Kept(values[node.Inputs[2]], keptAtThis);
            case DelayDirection.Later when t < steps - 1:
                return arrays.Kept(at(value, t + 1), at(keep, t + 1));
            case DelayDirection.Earlier or DelayDirection.Later:
                return arrays.Zeros(arrays.RowsOf(keptAtThis), delay.Columns);
            default:
                throw new System.Runtime.CompilerServices.SwitchExpressionException(delay.Direction);
        }
    }

    private T StepOf(T rows, int step, RunSize size) => arrays.Slice(rows, step * size.Sequences, size.Sequences);

    private T[] Apply(Node node, T[] inputs, int rows, RunSize size)
    {
        Func<Call<T>, T[]> form = forms.Of(node);
        try
        {
            return form(new Call<T>(node, inputs, rows, size));
        }
        catch (Exception exception) when (exception is IndexOutOfRangeException or ArgumentException or ExternalException)
        {
            throw new GraphException($"{node.Title}: {exception.Message}");
        }
    }
}
