using System.ComponentModel.DataAnnotations;
using Agents.Networks.Layers;
using Agents.Programs;

namespace Agents.Networks.Cores.Transformers;

/// <summary>A transformer over the steps of an episode: GTrXL, TrXL-I and TrXL (layouts of Parisotto et al. 2020, section 3.1).</summary>
/// <remarks>
/// Each layer remembers what it read in the last M steps: the input itself, or with pre-normalisation the input at mean 0 and deviation 1, which
/// depends on no parameter: gain and offset of the normalisation are applied when a row is read, so that it equals the normalised input under
/// whatever parameters read it. A step costs the arithmetic of one query per layer; a sequence computes keys and values of all rows once.
/// </remarks>
internal sealed class GatedTransformerCore : MemoryCore
{
    private const long LargestMemory = 1 << 24;
    private const long LargestPositions = 1 << 25;
    private const string Section = "Transformer"; // which property of the network's settings holds the transformer's

    private readonly TransformerSettings _settings;
    private readonly int _inputs;
    private readonly int _width;
    private readonly TransformerLayer[] _layers;

    /// <summary>The core of some settings.</summary>
    public GatedTransformerCore(CoreChoice choice, int inputs)
    {
        _settings = choice.Own<TransformerSettings>();
        _inputs = inputs;
        _width = choice.CoreSize;
        _layers =
        [
            .. Enumerable.Range(0, _settings.Layers).Select(i => new TransformerLayer(_settings, _width, $"{i}", MemoryName(i))),
        ];
        Branches = [new Branch("output", _width)];
        State =
        [
            .. Enumerable
                .Range(0, _settings.Layers)
                .Select(i => new StatePart(MemoryName(i), _width, Length: _settings.MemoryLength)),
        ];
    }

    /// <inheritdoc/>
    public override IReadOnlyList<Branch> Branches { get; }

    /// <inheritdoc/>
    public override IReadOnlyList<StatePart> State { get; }

    /// <summary>Under which name the weights of attention in a layer can be watched, <c>[N, H (M + 1)]</c>: place j is the step M − j before.</summary>
    public static string WeightsName(int layer) => $"{layer}.attention.weights";

    /// <summary>What is wrong with settings.</summary>
    public static IEnumerable<ValidationResult> Validate(CoreChoice choice)
    {
        if (choice.CoreSize % 2 != 0)
        {
            yield return new ValidationResult(
                $"a transformer of width {choice.CoreSize} has no room for pairs of sine and cosine. Use an even number.",
                [nameof(choice.CoreSize)]
            );
        }
        TransformerSettings transformer = choice.Own<TransformerSettings>();
        long remembered = (long)transformer.Layers * transformer.MemoryLength * choice.CoreSize;
        if (remembered > LargestMemory)
        {
            yield return new ValidationResult(
                $"{transformer.Layers} layers of {transformer.MemoryLength} steps × {choice.CoreSize} are {remembered} numbers per copy; at most {LargestMemory} are possible. Lower one.",
                [Section]
            );
        }
        long positions = (long)transformer.Layers * transformer.ProjectionSize * (transformer.MemoryLength + 1);
        if (positions > LargestPositions)
        {
            yield return new ValidationResult(
                $"the keys of {transformer.MemoryLength + 1} positions for {transformer.Layers} layers of {transformer.Heads} heads × {transformer.HeadSize} are {positions} numbers; at most {LargestPositions} are possible. Lower one.",
                [Section]
            );
        }
    }

    /// <inheritdoc/>
    public override void Declare(ParameterDeclarations parameters)
    {
        parameters.Dense("embedding", _inputs, _width);
        foreach (TransformerLayer layer in _layers)
        {
            layer.Declare(parameters);
        }
    }

    /// <inheritdoc/>
    public override CoreStep Step(ParameterScope parameters, CoreInputs inputs, CoreState state, StepMode mode)
    {
        Value x = parameters.Dense(inputs.Encoded, "embedding");
        var rows = new List<Value>();
        for (int i = 0; i < _layers.Length; i++)
        {
            (x, Value read, Value weights) = _layers[i].Step(parameters, x, state);
            rows.Add(read);
            inputs.Watch(WeightsName(i), weights);
        }
        return new CoreStep([x], rows);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<Value> Sequence(ParameterScope parameters, CoreInputs inputs, CoreState initial, StepMode mode)
    {
        Value x = parameters.Dense(inputs.Encoded, "embedding");
        foreach (TransformerLayer layer in _layers)
        {
            x = layer.Sequence(parameters, x, inputs.Keep, initial);
        }
        return [x];
    }

    /// <inheritdoc/>
    public override IReadOnlyList<KeptArrays> Activations(int steps)
    {
        double rows = (steps + _settings.MemoryLength) / (double)steps;
        return
        [
            new("weights of attention", _settings.Heads * (_settings.MemoryLength + 1.0), _settings.Layers),
            new("keys and values of attention", rows * _settings.ProjectionSize, 4 * _settings.Layers),
            new("remembered steps", rows * _width, 2 * _settings.Layers),
            new("hidden layers of the transformer", _settings.FeedForwardSize, 2 * _settings.Layers),
        ];
    }

    private static string MemoryName(int layer) => $"memory.{layer}";
}
