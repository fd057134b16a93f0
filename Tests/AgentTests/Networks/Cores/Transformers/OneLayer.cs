using Agents.Networks;
using Agents.Networks.Cores.Transformers;
using Agents.Networks.Layers;
using Agents.Programs;
using Environments.Spaces;

namespace Tests.AgentTests.Networks.Cores.Transformers;

/// <summary>A core of one layer whose input and output are laid open: embedding and actor's head are identities.</summary>
internal sealed class OneLayer
{
    private readonly ParameterLayout _layout;
    private readonly float[] _parameters;

    /// <summary>A layer with identities for projections and gates, and relu(x) for its perceptron.</summary>
    public OneLayer(TransformerSettings settings, int width = 4)
    {
        Spec = new NetworkSpec(
            new Box(-10, 10, width),
            new Discrete(width),
            new NetworkSettings
            {
                HiddenSizes = [],
                SharedTrunk = true,
                Core = "gtrxl",
                CoreSize = width,
                Transformer = settings,
            }
        );
        _layout = new ParameterLayout(Spec);
        _parameters = GC.AllocateArray<float>(_layout.Count, pinned: true);
        foreach (ParameterSlot slot in _layout.Slots)
        {
            Span<float> values = slot.In(_parameters.AsSpan());
            if (_layout.InitializerOf(slot) is Initializer.Constant constant)
            {
                values.Fill(constant.Number);
                continue;
            }
            int columns = slot.Shape[1];
            for (int row = 0; row < slot.Shape[0]; row++)
            {
                values[row * columns + row % columns] = 1; // stacked matrices are identities each
            }
        }
    }

    /// <summary>The network around the layer.</summary>
    public NetworkSpec Spec { get; }

    /// <summary>Fills a parameter.</summary>
    public OneLayer With(string name, params ReadOnlySpan<float> values)
    {
        Span<float> slot = _layout[name].In(_parameters.AsSpan());
        for (int i = 0; i < slot.Length; i++)
        {
            slot[i] = values[i % values.Length];
        }
        return this;
    }

    /// <summary>Outputs for rows of one episode, <c>[T, width]</c>, and how much each head of the last step looked at each distance.</summary>
    public (float[] Outputs, float[][] Weights) Run(bool torch, params float[][] rows)
    {
        int width = Spec.Settings.CoreSize;
        var outputs = new float[rows.Length * width];
        var starts = new bool[rows.Length];
        starts[0] = true;
        using ProgramNetwork network = torch ? TorchNetworks.Create(Spec, _parameters) : new ProgramNetwork(Spec, _parameters);
        network.Watch(GatedTransformerCore.WeightsName(0));
        network.Unroll(
            rows.Length,
            [.. rows.SelectMany(row => row)],
            starts,
            new float[Spec.CoreStateSize],
            outputs,
            new float[rows.Length]
        );
        int places = Spec.Settings.Transformer.MemoryLength + 1;
        float[] watched = network.Watched(GatedTransformerCore.WeightsName(0)).ToArray();
        float[][] weights = [.. watched.Chunk(places).Select(row => row.Reverse().ToArray())];
        return (outputs, weights);
    }

    /// <summary>A row of 0 with one 1.</summary>
    public static float[] Unit(int index, int width = 4) => [.. Enumerable.Range(0, width).Select(i => i == index ? 1f : 0f)];
}
