using System.Runtime.CompilerServices;
using Agents.Distributions;
using Agents.Networks.Encoders;
using Agents.Networks.Transformers;
using Agents.Yaml;

namespace Agents.Networks;

/// <summary>Where each named parameter of a network lies in its flat buffer. Every engine uses the same layout.</summary>
/// <remarks>
/// Layers follow the data: encoder, head of the actor, log standard deviation, then the critic's own. With a shared trunk the
/// encoder stands once, without the prefix <c>actor.</c> or <c>critic.</c>.
/// <para>
/// Within an encoder <c>encoder.conv.0</c>, <c>encoder.conv.1</c> … are the convolutions of the observation, or
/// <c>encoder.NAME.conv.0</c> those of its entry NAME; <c>encoder.0</c>, <c>encoder.1</c> … are the dense layers behind them. A convolution's
/// weight is <c>[outputs, height, width, inputs]</c> of the kernel, so that a patch of a channels-last image and a row of the weight have
/// the same order; PyTorch's <c>[outputs, inputs, height, width]</c> is its <c>permute(0, 3, 1, 2)</c>. The dense layer behind reads a
/// convolution's output as <c>[height, width, channels]</c>, where PyTorch's <c>Flatten</c> would give <c>[channels, height, width]</c>.
/// </para>
/// </remarks>
internal sealed class ParameterLayout
{
    private const float HiddenGain = 1.41421356f;
    private const float PolicyGain = 0.01f;
    private const float ValueGain = 1f;
    private const float CoreGain = 1f;

    private readonly List<ParameterSlot> _slots = [];

    /// <summary>The layout of a network.</summary>
    public ParameterLayout(NetworkSpec spec)
    {
        NetworkSettings settings = spec.Settings;
        ActionDistribution distribution = ActionDistribution.For(spec.ActionSpace);
        string actor = spec.Plan.SharedTrunk ? "" : "actor.";
        AddTrunk(actor, spec);
        int trunk = spec.TrunkSize;
        AddDense("actor.head", trunk, distribution.HeadSize, PolicyGain);
        if (distribution.ParameterSize > distribution.HeadSize)
        {
            Add("actor.log_std", [distribution.ParameterSize - distribution.HeadSize], null, settings.InitialLogStd);
        }
        if (!spec.Plan.SharedTrunk)
        {
            AddTrunk("critic.", spec);
        }
        AddDense("critic.head", trunk, 1, ValueGain);
    }

    /// <summary>All parameters, in buffer order.</summary>
    public IReadOnlyList<ParameterSlot> Slots => _slots;

    /// <summary>Floats in the buffer.</summary>
    public int Count { get; private set; }

    /// <summary>The slot of a name.</summary>
    public ParameterSlot this[string name] =>
        _slots.Find(slot => slot.Name == name) ?? throw new KeyNotFoundException($"No parameter '{name}'.");

    private void AddTrunk(string prefix, NetworkSpec spec)
    {
        EncoderPlan plan = spec.Plan;
        for (int part = 0; part < plan.Convolutions.Count; part++)
        {
            for (int layer = 0; layer < plan.Convolutions[part].Length; layer++)
            {
                ConvolutionShape shape = plan.Convolutions[part][layer];
                string name = prefix + plan.ConvolutionName(part, layer);
                Add(name + ".weight", [shape.Filters, shape.Kernel, shape.Kernel, shape.Channels], HiddenGain, 0);
                Add(name + ".bias", [shape.Filters], null, 0);
            }
        }
        int inputs = plan.EncodedSize;
        for (int layer = 0; layer < plan.HiddenSizes.Length; layer++)
        {
            AddDense($"{prefix}encoder.{layer}", inputs, plan.HiddenSizes[layer], HiddenGain);
            inputs = plan.HiddenSizes[layer];
        }
        switch (spec.Settings.Core)
        {
            case CoreKind.Identity:
                break;
            // Gates one after the other in PyTorch's order.
            case CoreKind.Lstm: // input, forget, candidate, output
                AddRecurrent($"{prefix}core", inputs, spec.Settings.CoreSize, gates: 4);
                break;
            case CoreKind.Gru: // reset, update, candidate
                AddRecurrent($"{prefix}core", inputs, spec.Settings.CoreSize, gates: 3);
                break;
            case CoreKind.Gtrxl:
                AddTransformer($"{prefix}core", inputs, spec.Settings);
                break;
            default:
                throw new SwitchExpressionException(spec.Settings.Core);
        }
    }

    private void AddRecurrent(string core, int inputs, int size, int gates)
    {
        AddDense($"{core}.input", inputs, gates * size, CoreGain);
        AddDense($"{core}.hidden", size, gates * size, CoreGain);
    }

    // Projections of queries, keys, values and positions have no bias; u and v of Dai et al. 2019 are content_bias and position_bias.
    private void AddTransformer(string core, int inputs, NetworkSettings settings)
    {
        TransformerSettings transformer = settings.Transformer;
        int width = settings.CoreSize;
        int projected = transformer.ProjectionSize;
        AddDense($"{core}.embedding", inputs, width, CoreGain);
        for (int layer = 0; layer < transformer.Layers; layer++)
        {
            string attention = $"{core}.{layer}.attention";
            AddNorm($"{attention}.norm", width);
            Add($"{attention}.query.weight", [projected, width], CoreGain, 0);
            Add($"{attention}.key.weight", [projected, width], CoreGain, 0);
            Add($"{attention}.value.weight", [projected, width], CoreGain, 0);
            Add($"{attention}.position.weight", [projected, width], CoreGain, 0);
            Add($"{attention}.content_bias", [projected], null, 0);
            Add($"{attention}.position_bias", [projected], null, 0);
            Add($"{attention}.output.weight", [width, projected], CoreGain, 0);
            AddGate($"{attention}.gate", width, transformer);
            string feedForward = $"{core}.{layer}.feed_forward";
            AddNorm($"{feedForward}.norm", width);
            AddDense($"{feedForward}.0", width, transformer.FeedForwardSize, HiddenGain);
            AddDense($"{feedForward}.1", transformer.FeedForwardSize, width, CoreGain);
            AddGate($"{feedForward}.gate", width, transformer);
        }
    }

    // Matrices of the same input stand in one array, one below the other, in the order of the gate's formula.
    private void AddGate(string name, int width, TransformerSettings settings)
    {
        GateShape shape = GateShape.Of(settings.Gate);
        if (shape.SkipMatrices > 0)
        {
            Add($"{name}.x.weight", [shape.SkipMatrices * width, width], CoreGain, 0);
        }
        if (shape.OutputMatrices > 0)
        {
            Add($"{name}.y.weight", [shape.OutputMatrices * width, width], CoreGain, 0);
        }
        if (shape.HasCandidate)
        {
            Add($"{name}.candidate.weight", [width, width], CoreGain, 0);
        }
        if (shape.HasBias)
        {
            Add($"{name}.bias", [width], null, settings.InitialGateBias);
        }
    }

    private void AddNorm(string name, int width)
    {
        Add($"{name}.weight", [width], null, 1);
        Add($"{name}.bias", [width], null, 0);
    }

    private void AddDense(string name, int inputs, int outputs, float gain)
    {
        Add(name + ".weight", [outputs, inputs], gain, 0);
        Add(name + ".bias", [outputs], null, 0);
    }

    private void Add(string name, int[] shape, float? gain, float constant)
    {
        long end = Count + ParameterSlot.CountOf(shape);
        if (end > Array.MaxLength)
        {
            throw new SettingsException(
                $"A network of more than {Array.MaxLength} parameters is not possible, and {name} [{string.Join(", ", shape)}] goes beyond. "
                    + "Lower network.hidden_sizes or network.core_size, or give the environment smaller spaces: each value of an integer is an input of the network or an output."
            );
        }
        var slot = new ParameterSlot(name, shape, Count, gain, constant);
        _slots.Add(slot);
        Count = (int)end;
    }
}
