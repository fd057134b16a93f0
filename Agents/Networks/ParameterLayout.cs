using Agents.Distributions;
using Agents.Kernels;
using Agents.Networks.Encoders;
using Agents.Networks.Layers;
using Agents.Programs;
using Agents.Yaml;

namespace Agents.Networks;

/// <summary>Where each named parameter of a network lies in its flat buffer. Every engine uses the same layout.</summary>
/// <remarks>
/// Layers follow the data: encoder, head of the actor, log standard deviation, then the critic's own. With a shared trunk the
/// encoder stands once, without the prefix <c>actor.</c> or <c>critic.</c>; so it does in a network without a policy.
/// <para>
/// Within an encoder <c>encoder.conv.0</c>, <c>encoder.conv.1</c> … are the convolutions of the observation, or
/// <c>encoder.NAME.conv.0</c> those of its entry NAME; <c>encoder.0</c>, <c>encoder.1</c> … are the dense layers behind them. A convolution's
/// weight is <c>[outputs, height, width, inputs]</c> of the kernel, so that a patch of a channels-last image and a row of the weight have
/// the same order; PyTorch's <c>[outputs, inputs, height, width]</c> is its <c>permute(0, 3, 1, 2)</c>. The dense layer behind reads a
/// convolution's output as <c>[height, width, channels]</c>, where PyTorch's <c>Flatten</c> would give <c>[channels, height, width]</c>.
/// </para>
/// <para>
/// A table takes the place of a layer's weight and bias: <c>NAME.table</c>, <c>[combinations, outputs]</c>, so that what is looked up lies together. It
/// is <c>encoder.0.table</c>, or each head's own where there is no hidden layer: <c>actor.head.table</c>, <c>critic.head.table</c>. Heads begin at 0, which is
/// a policy without preferences; rows before other layers are Gaussian with the deviation of what a dense layer gives for inputs of deviation 1.
/// </para>
/// </remarks>
internal sealed class ParameterLayout
{
    /// <summary>Name of the standard deviations of continuous actions, where they depend on no state.</summary>
    public const string LogStd = "actor.log_std";

    private const float HiddenGain = 1.41421356f;
    private const float PolicyGain = 0.01f;
    private const float OtherGain = 1f;

    private readonly List<ParameterSlot> _slots = [];
    private readonly Dictionary<ParameterSlot, Initializer> _initializers = [];
    private readonly WeightInitialization _initialization;

    /// <summary>The layout of a network.</summary>
    public ParameterLayout(NetworkSpec spec)
    {
        _initialization = spec.Settings.Initialization;
        foreach (string trunk in spec.Trunks)
        {
            AddTrunk(trunk, spec);
            foreach (Head head in spec.Heads)
            {
                if (head.Trunk == trunk)
                {
                    AddHead(head, spec);
                }
            }
        }
        if (spec.Mixture is not null)
        {
            Add(MixturePlan.Alpha, [1], Initializer.Zeros, isGiven: true);
        }
    }

    /// <summary>All parameters, in buffer order.</summary>
    public IReadOnlyList<ParameterSlot> Slots => _slots;

    /// <summary>Floats in the buffer.</summary>
    public int Count { get; private set; }

    /// <summary>The slot of a name; null where there is none.</summary>
    public ParameterSlot? Find(string name) => _slots.Find(slot => slot.Name == name);

    /// <summary>The slot of a name.</summary>
    public ParameterSlot this[string name] => Find(name) ?? throw new KeyNotFoundException($"No parameter '{name}'.");

    /// <summary>How a parameter of this layout begins.</summary>
    public Initializer InitializerOf(ParameterSlot slot) => _initializers[slot];

    private void AddHead(Head head, NetworkSpec spec)
    {
        int inputs = spec.InputsOf(head);
        float gain = head.Kind switch
        {
            HeadKind.Policy => PolicyGain,
            HeadKind.Value or HeadKind.Q or HeadKind.Reward or HeadKind.Free => OtherGain,
        };
        if (spec.Plan.HeadsAreTables)
        {
            AddTable(head.Path, spec, head.Size, Initializer.Zeros);
        }
        else
        {
            AddDense(head.Path, inputs, head.Size, gain, inputs);
        }
        if (head.Name != Head.Policy)
        {
            return;
        }
        ActionDistribution family = spec.Distribution;
        if (family.ParameterSize > family.HeadSize)
        {
            Add(LogStd, [family.ParameterSize - family.HeadSize], new Initializer.Constant(spec.Settings.InitialLogStd));
        }
    }

    private void AddTrunk(string trunk, NetworkSpec spec)
    {
        string prefix = spec.PrefixOf(trunk);
        EncoderPlan plan = spec.Plan;
        for (int part = 0; part < plan.Convolutions.Count; part++)
        {
            for (int layer = 0; layer < plan.Convolutions[part].Length; layer++)
            {
                ConvolutionShape shape = plan.Convolutions[part][layer];
                string name = prefix + plan.ConvolutionName(part, layer);
                Add(
                    name + ".weight",
                    [shape.Filters, shape.Kernel, shape.Kernel, shape.Channels],
                    InitializerOf(HiddenGain, shape.PatchSize),
                    isProduct: true
                );
                Add(name + ".bias", [shape.Filters], Initializer.Zeros);
            }
        }
        int inputs = plan.EncodedSize;
        int nonZeros = NonZeros(plan);
        for (int layer = 0; layer < plan.HiddenSizes.Length; layer++)
        {
            string name = $"{prefix}encoder.{layer}";
            if (layer == 0 && plan.Features.Table is not null)
            {
                AddTable(name, spec, plan.HiddenSizes[layer], new Initializer.Normal(HiddenGain));
            }
            else
            {
                AddDense(name, inputs, plan.HiddenSizes[layer], HiddenGain, nonZeros);
            }
            nonZeros = inputs = plan.HiddenSizes[layer];
        }
        foreach (CorePlace place in spec.Cores.Where(place => place.Trunk == trunk))
        {
            int width = plan.OutputSize;
            foreach ((string name, int units) in place.LayersOf(prefix))
            {
                AddDense(name, width, units, HiddenGain, width);
                width = units;
            }
            place.Core.Declare(
                new ParameterDeclarations(
                    (name, shape, initializer, isProduct) => Add(name, shape, initializer, isProduct),
                    place.Path
                )
            );
        }
    }

    // Numbers that are not 0 in a row that the first dense layer reads: one of a one-hot vector.
    private static int NonZeros(EncoderPlan plan)
    {
        int count = 0;
        for (int part = 0; part < plan.Convolutions.Count; part++)
        {
            bool convolves = plan.Convolutions[part].Length > 0;
            count += convolves ? plan.EncodedSizes[part] : plan.Features.Parts[part].NonZeros;
        }
        return count;
    }

    private void AddDense(string name, int inputs, int outputs, float gain, int nonZeros)
    {
        Add(name + ".weight", [outputs, inputs], InitializerOf(gain, nonZeros), isProduct: true);
        Add(name + ".bias", [outputs], Initializer.Zeros);
    }

    // No product: nothing is multiplied with it, and a row has no bias besides.
    private void AddTable(string name, NetworkSpec spec, int outputs, Initializer rows) =>
        Add(name + ".table", [spec.Plan.Features.Table!.Combinations, outputs], rows);

    private Initializer InitializerOf(float gain, int nonZeros) =>
        _initialization switch
        {
            WeightInitialization.Orthogonal => new Initializer.Orthogonal(gain),
            WeightInitialization.He => new Initializer.Normal(gain / MathF.Sqrt(nonZeros)),
        };

    private void Add(string name, int[] shape, Initializer initializer, bool isProduct = false, bool isGiven = false)
    {
        long end = Count + ParameterSlot.CountOf(shape);
        if (end > Array.MaxLength)
        {
            throw new SettingsException(
                $"A network of more than {Array.MaxLength} parameters is not possible, and {name} [{string.Join(", ", shape)}] goes beyond. "
                    + "Lower network.hidden_sizes or network.core_size, or give the environment smaller spaces: each value of an integer is an input of the network or an output."
            );
        }
        var slot = new ParameterSlot(name, shape, Count, isProduct, isGiven);
        _slots.Add(slot);
        _initializers.Add(slot, initializer);
        Count = (int)end;
    }
}
