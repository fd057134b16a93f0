using Agents.Onnx;
using Microsoft.ML.OnnxRuntime;
using Xunit;

namespace Tests.OnnxTests;

/// <summary>A model in ONNX Runtime that is played step by step: what memories leave goes into the next step.</summary>
internal sealed class OnnxPlayer : IDisposable
{
    private const string StateName = "core_state";
    private const string NextPrefix = "next_";

    private readonly OnnxModel _model;
    private readonly int _rows;
    private readonly InferenceSession _session;
    private readonly RunOptions _run = new();
    private readonly Dictionary<string, float[]> _states = [];

    public OnnxPlayer(OnnxModel model, int rows)
    {
        _model = model;
        _rows = rows;
        _session = Open(model.ToBytes());
        foreach (OnnxTensor input in model.Inputs.Where(input => input.Name.StartsWith(StateName, StringComparison.Ordinal)))
        {
            _states.Add(input.Name, new float[SizeOf(input)]);
        }
    }

    /// <summary>What memories hold, in the order of the model's inputs, <c>[rows, size]</c> each.</summary>
    public IReadOnlyCollection<float[]> States => _states.Values;

    /// <summary>Gives memories other states, <c>[rows, all sizes]</c> in the order of the model's inputs.</summary>
    public void SetStates(float[] states)
    {
        int all = states.Length / _rows;
        int first = 0;
        foreach (float[] state in _states.Values)
        {
            int size = state.Length / _rows;
            for (int row = 0; row < _rows; row++)
            {
                states.AsSpan(row * all + first, size).CopyTo(state.AsSpan(row * size));
            }
            first += size;
        }
    }

    /// <summary>A session of one thread.</summary>
    public static InferenceSession Open(byte[] model)
    {
        using var options = new SessionOptions { IntraOpNumThreads = 1, InterOpNumThreads = 1 };
        options.AddSessionConfigEntry("session.intra_op.allow_spinning", "0");
        return new InferenceSession(model, options);
    }

    /// <summary>One step.</summary>
    /// <param name="observations">As this program has them, <c>[rows, ObservationSize]</c>.</param>
    /// <param name="starts">Whether episodes begin, <c>[rows]</c>.</param>
    /// <param name="noise"><c>[rows, n]</c>; empty where the model takes none.</param>
    /// <returns>Outputs by name, whatever they hold as numbers.</returns>
    public Dictionary<string, float[]> Step(float[] observations, bool[] starts, float[]? noise = null)
    {
        var given = new Dictionary<string, OrtValue>();
        int first = 0;
        int size = observations.Length / _rows;
        foreach (OnnxTensor input in _model.Inputs)
        {
            if (input.Name.StartsWith("observation", StringComparison.Ordinal))
            {
                int count = SizeOf(input) / _rows;
                var part = new float[count * _rows];
                for (int row = 0; row < _rows; row++)
                {
                    observations.AsSpan(row * size + first, count).CopyTo(part.AsSpan(row * count));
                }
                given.Add(input.Name, ValueOf(input, part));
                first += count;
            }
            else
            {
                given.Add(
                    input.Name,
                    input.Name == "episode_start" ? OrtValue.CreateTensorValueFromMemory(starts, [_rows])
                        : input.Name == "noise" ? ValueOf(input, noise!)
                        : ValueOf(input, _states[input.Name])
                );
            }
        }
        Assert.Equal(size, first);
        string[] names = [.. _model.Outputs.Select(output => output.Name)];
        using IDisposableReadOnlyCollection<OrtValue> results = _session.Run(_run, given, names);
        var outputs = new Dictionary<string, float[]>();
        for (int i = 0; i < names.Length; i++)
        {
            outputs.Add(names[i], NumbersOf(_model.Outputs[i], results[i]));
            if (names[i].StartsWith(NextPrefix, StringComparison.Ordinal))
            {
                _states[names[i][NextPrefix.Length..]] = outputs[names[i]];
            }
        }
        foreach (OrtValue value in given.Values)
        {
            value.Dispose();
        }
        return outputs;
    }

    public void Dispose()
    {
        _run.Dispose();
        _session.Dispose();
    }

    private OrtValue ValueOf(OnnxTensor input, float[] numbers)
    {
        long[] shape = ShapeOf(input);
        return input.ElementType switch
        {
            "float32" => OrtValue.CreateTensorValueFromMemory(numbers, shape),
            "uint8" => OrtValue.CreateTensorValueFromMemory(Array.ConvertAll(numbers, number => (byte)number), shape),
            "int64" => OrtValue.CreateTensorValueFromMemory(Array.ConvertAll(numbers, number => (long)number), shape),
            _ => throw new InvalidOperationException(input.ElementType),
        };
    }

    private float[] NumbersOf(OnnxTensor output, OrtValue value)
    {
        Assert.Equal(ShapeOf(output), value.GetTensorTypeAndShape().Shape);
        return output.ElementType switch
        {
            "float32" => value.GetTensorDataAsSpan<float>().ToArray(),
            "uint8" => [.. value.GetTensorDataAsSpan<byte>().ToArray().Select(number => (float)number)],
            "int64" => [.. value.GetTensorDataAsSpan<long>().ToArray().Select(number => (float)number)],
            _ => throw new InvalidOperationException(output.ElementType),
        };
    }

    private long[] ShapeOf(OnnxTensor tensor) => [.. tensor.Shape.Select(size => size < 0 ? _rows : size)];

    private int SizeOf(OnnxTensor tensor) => (int)ShapeOf(tensor).Aggregate(1L, (product, size) => product * size);
}
