using Agents.Networks;
using Agents.Networks.Managed;
using Agents.Networks.Transformers;
using Environments.Spaces;

namespace Tests.AgentTests.Networks.Transformers;

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
                Core = CoreKind.Gtrxl,
                CoreSize = width,
                Transformer = settings,
            }
        );
        _layout = new ParameterLayout(Spec);
        _parameters = GC.AllocateArray<float>(_layout.Count, pinned: true);
        foreach (ParameterSlot slot in _layout.Slots)
        {
            Span<float> values = slot.In(_parameters.AsSpan());
            if (slot.Gain is null)
            {
                values.Fill(slot.Constant);
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
        using IActorCriticNetwork network = torch
            ? new TorchActorCritic(Spec, _parameters)
            : new ManagedActorCritic(Spec, _parameters);
        network.Unroll(
            rows.Length,
            [.. rows.SelectMany(row => row)],
            starts,
            new float[Spec.CoreStateSize],
            outputs,
            new float[rows.Length]
        );
        var weights = new float[Spec.Settings.Transformer.Heads][];
        for (int head = 0; head < weights.Length; head++)
        {
            weights[head] = new float[Spec.Settings.Transformer.MemoryLength + 1];
            (network as ManagedActorCritic)?.Transformer!.ReadAttention(0, head, 0, weights[head]);
        }
        return (outputs, weights);
    }

    /// <summary>A row of 0 with one 1.</summary>
    public static float[] Unit(int index, int width = 4) => [.. Enumerable.Range(0, width).Select(i => i == index ? 1f : 0f)];
}
