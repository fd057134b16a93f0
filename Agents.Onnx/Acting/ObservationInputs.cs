using Agents.Networks;
using Agents.Networks.Encoders;
using Agents.Onnx.Building;
using Environments.Spaces;
using Environments.Wrappers;

namespace Agents.Onnx.Acting;

/// <summary>Observations as inputs of a model, one for each entry of a dictionary, and what a policy makes of them before its first layer.</summary>
/// <param name="graph">The model.</param>
/// <param name="network">The policy's network.</param>
internal sealed class ObservationInputs(OnnxGraph graph, NetworkSpec network)
{
    private const string Meaning = "What the environment shows, behind the wrappers that the metadata names.";

    /// <summary>Name of the input, or what the names of several begin with.</summary>
    public const string Name = "observation";

    /// <summary>Adds the inputs.</summary>
    /// <returns>A whole observation, <c>[N, ObservationSize]</c> float32.</returns>
    public OnnxValue Read()
    {
        var parts = new List<OnnxValue>();
        foreach ((string path, Space space) in ObservationFeatures.EntriesOf(network.ObservationSpace))
        {
            string name = path.Length == 0 ? Name : $"{Name}.{path}";
            (OnnxElement element, long[] sizes) = TensorOf(space);
            OnnxValue input = graph.Input(new OnnxSignature(name, element, OnnxGraph.Batch, sizes, Meaning));
            OnnxValue numbers = element == OnnxElement.Float ? input : graph.Cast(input, OnnxElement.Float);
            parts.Add(sizes.Length == 1 ? numbers : graph.Reshape(numbers, -1, space.Size));
        }
        return graph.Beside([.. parts]);
    }

    /// <summary>Scales and normalises: see <see cref="ObservationTransform"/>, whose arithmetic is that of float64 where this is float32.</summary>
    /// <param name="observation"><c>[N, ObservationSize]</c>.</param>
    /// <param name="scale">Factor of all numbers.</param>
    /// <param name="statistics">Statistics of the real numbers; null where they are not normalised.</param>
    public OnnxValue Transform(OnnxValue observation, float scale, RunningStatistics? statistics)
    {
        OnnxValue scaled = scale == 1 ? observation : graph.Times(observation, graph.Number(scale));
        if (statistics is null)
        {
            return scaled;
        }
        var parts = NormalizedParts.Of(network.ObservationSpace);
        var pieces = new List<OnnxValue>();
        int end = 0;
        int component = 0;
        foreach ((int first, int count) in parts.Ranges)
        {
            AddPlain(first);
            pieces.Add(Normalized(Columns(scaled, first, count, parts.ObservationSize), statistics, component, count));
            component += count;
            end = first + count;
        }
        AddPlain(parts.ObservationSize);
        return graph.Beside([.. pieces]);

        void AddPlain(int until)
        {
            if (until > end)
            {
                pieces.Add(Columns(scaled, end, until - end, parts.ObservationSize));
            }
        }
    }

    /// <summary>What the first layer reads: see <see cref="ObservationFeatures"/>.</summary>
    /// <param name="observation">Scaled and normalised, <c>[N, ObservationSize]</c>.</param>
    public OnnxValue Encode(OnnxValue observation)
    {
        ObservationFeatures features = network.Plan.Features;
        if (features.AreObservations)
        {
            return observation;
        }
        if (features.Table is { } table)
        {
            return RowOf(table, observation);
        }
        return graph.Beside([
            .. features.Parts.Select(part =>
                EncodePart(part, Columns(observation, part.First, part.ObservationSize, network.ObservationSize))
            ),
        ]);
    }

    /// <summary>Element type and dimensions of a value of a space, without those of copies.</summary>
    /// <param name="space">No dictionary.</param>
    public static (OnnxElement Element, long[] Sizes) TensorOf(Space space) =>
        space switch
        {
            Discrete => (OnnxElement.Integer, []),
            Box box => (
                box.ElementType switch
                {
                    ElementType.UInt8 => OnnxElement.Byte,
                    ElementType.Float32 => OnnxElement.Float,
                },
                [.. box.Shape.ToArray().Select(size => (long)size)]
            ),
            MultiDiscrete or MultiBinary => (OnnxElement.Integer, [space.Size]),
            _ => throw new NotSupportedException(
                $"A model has no tensor for values of {space}. Use Box, Discrete, MultiDiscrete or MultiBinary."
            ),
        };

    private OnnxValue Normalized(OnnxValue x, RunningStatistics statistics, int first, int count)
    {
        float[] means = [.. statistics.Mean.Slice(first, count).ToArray().Select(mean => (float)mean)];
        float[] scales = [.. statistics.Scale.Slice(first, count).ToArray().Select(scale => (float)scale)];
        OnnxValue centred = graph.Minus(x, graph.Floats(means, [1, count], "normalizer.mean"));
        OnnxValue scaled = graph.Times(centred, graph.Floats(scales, [1, count], "normalizer.scale"));
        return graph.Apply("Clip", [scaled, graph.Number(-RunningStatistics.Clip), graph.Number(RunningStatistics.Clip)]);
    }

    // The last number counts fastest; float32 holds every sum of these products exactly.
    private OnnxValue RowOf(TableIndex table, OnnxValue observation)
    {
        var strides = new float[table.Numbers.Count];
        int stride = 1;
        for (int i = strides.Length - 1; i >= 0; stride *= table.Numbers[i].Count, i--)
        {
            strides[i] = stride;
        }
        long[] places = [.. table.Numbers.Select(number => (long)number.Place)];
        return graph.Product(graph.Gathered(observation, places), graph.Floats(strides, [strides.Length, 1], "table.strides"));
    }

    private OnnxValue EncodePart(FeaturePart part, OnnxValue x)
    {
        if (part.IsCopy)
        {
            return x;
        }
        FeatureSource[] sources = part.Sources();
        long[] elements = [.. sources.Select(source => (long)source.Element)];
        bool isInOrder = elements.Length == part.ObservationSize && elements.Index().All(place => place.Index == place.Item);
        OnnxValue gathered = isInOrder ? x : graph.Gathered(x, elements);
        if (Array.TrueForAll(sources, source => source.Symbol is not null))
        {
            float[] symbols = [.. sources.Select(source => source.Symbol!.Value)];
            OnnxValue isShown = graph.Apply("Equal", [gathered, graph.Floats(symbols, [1, symbols.Length])]);
            return graph.Cast(isShown, OnnxElement.Float);
        }
        float[] factors = [.. sources.Select(source => source.Factor)];
        return Array.TrueForAll(factors, factor => factor == 1)
            ? gathered
            : graph.Times(gathered, graph.Floats(factors, [1, factors.Length]));
    }

    private OnnxValue Columns(OnnxValue x, int start, int count, int all) => count == all ? x : graph.Columns(x, start, count);
}
