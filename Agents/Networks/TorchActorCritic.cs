using System.Runtime.InteropServices;
using Agents.Distributions;
using Agents.Networks.Encoders;
using Agents.Networks.Transformers;
using TorchSharp;
using static TorchSharp.torch;

namespace Agents.Networks;

/// <summary>A network with a gated transformer on the tensor library, with gradients.</summary>
/// <remarks>
/// Parameters and gradients are views of two flat managed buffers: optimisers, norm clip, hashing and publishing work on those,
/// and <c>backward</c> accumulates into the second in place. Owns its tensors.
/// </remarks>
internal sealed class TorchActorCritic : IActorCriticNetwork
{
    private readonly float[] _parameters;
    private readonly float[] _gradient;
    private readonly Dictionary<string, Tensor> _views = [];
    private readonly Tensor _flatParameters;
    private readonly Tensor _flatGradient;
    private readonly ActionDistribution _distribution;
    private readonly EncoderPlan _plan;
    private readonly Dictionary<string, TorchTransformer> _transformers = []; // by prefix

    /// <summary>A network over the given flat buffer, which it aliases.</summary>
    /// <param name="spec">What to build.</param>
    /// <param name="parameters">Pinned array in the order of <see cref="ParameterLayout"/>; the caller may change its numbers at any time.</param>
    public TorchActorCritic(NetworkSpec spec, float[] parameters)
    {
        TorchRuntime.Configure();
        Spec = spec;
        Layout = new ParameterLayout(spec);
        if (parameters.Length != Layout.Count)
        {
            throw new ArgumentException(
                $"The network has {Layout.Count} parameters; {parameters.Length} were given.",
                nameof(parameters)
            );
        }
        _distribution = ActionDistribution.For(spec.ActionSpace);
        _plan = spec.Plan;
        _parameters = parameters;
        _gradient = GC.AllocateArray<float>(Layout.Count, pinned: true);
        _flatParameters = from_array(_parameters).DetachFromDisposeScope();
        _flatGradient = from_array(_gradient).DetachFromDisposeScope();
        foreach (ParameterSlot slot in Layout.Slots)
        {
            long[] shape = [.. slot.Shape.Select(dimension => (long)dimension)];
            using DisposeScope scope = NewDisposeScope();
            Tensor view = _flatParameters.narrow(0, slot.Offset, slot.Size).view(shape).requires_grad_();
            view.grad = _flatGradient.narrow(0, slot.Offset, slot.Size).view(shape);
            _views.Add(slot.Name, view.DetachFromDisposeScope());
        }
        if (spec.Settings.Core == CoreKind.Gtrxl)
        {
            foreach (string prefix in (string[])(_plan.SharedTrunk ? [""] : ["actor.", "critic."]))
            {
                _transformers.Add(prefix, new TorchTransformer(spec.Settings, _views, prefix + "core"));
            }
        }
    }

    /// <inheritdoc/>
    public NetworkSpec Spec { get; }

    /// <summary>Names, shapes and offsets of both flat buffers.</summary>
    public ParameterLayout Layout { get; }

    /// <summary>All parameters, in the order of the layout.</summary>
    public Span<float> Parameters => _parameters;

    /// <summary>Gradient of the latest backward passes; clear it before the next update.</summary>
    public Span<float> Gradient => _gradient;

    /// <inheritdoc/>
    public void LoadParameters(ReadOnlySpan<float> parameters) => parameters.CopyTo(_parameters);

    /// <summary>Distribution parameters <c>[T × B, P]</c> and values <c>[T × B]</c> of features <c>[T × B, FeatureSize]</c>, with gradients.</summary>
    /// <param name="features">Time-major rows.</param>
    /// <param name="steps">T.</param>
    /// <param name="continues"><c>[T, B, 1]</c>: 0 where an episode starts, else 1; unused without a core.</param>
    /// <param name="coreState">State before step 0, <c>[B, CoreStateSize]</c>; null without a core.</param>
    /// <param name="nextState">State after the last step; null without a core, and where it is not wanted.</param>
    /// <param name="keepState">Whether the state after the last step is wanted; a transformer saves the work where it is not.</param>
    public (Tensor Distributions, Tensor Values) Forward(
        Tensor features,
        int steps,
        Tensor? continues,
        Tensor? coreState,
        out Tensor? nextState,
        bool keepState = true
    )
    {
        bool shared = _plan.SharedTrunk;
        int size = Spec.StateSizeOfOneCore;
        (Tensor actorTrunk, Tensor? actorState) = Trunk(
            features,
            ActorPrefix,
            steps,
            continues,
            size == 0 ? null : coreState!.narrow(1, 0, size),
            keepState
        );
        (Tensor criticTrunk, Tensor? criticState) = shared
            ? (actorTrunk, null)
            : Trunk(features, "critic.", steps, continues, size == 0 ? null : coreState!.narrow(1, size, size), keepState);
        nextState = criticState is null || actorState is null ? actorState : cat([actorState, criticState], 1);
        return (Distributions(actorTrunk), Linear(criticTrunk, "critic.head").squeeze(-1));
    }

    /// <inheritdoc/>
    public void Unroll(
        int steps,
        ReadOnlySpan<float> observations,
        ReadOnlySpan<bool> episodeStarts,
        Span<float> coreState,
        Span<float> distributions,
        Span<float> values
    )
    {
        int rows = distributions.Length / _distribution.ParameterSize;
        using DisposeScope scope = NewDisposeScope();
        using var noGrad = no_grad();
        Tensor features = empty(rows, Spec.FeatureSize);
        WriteFeatures(observations, MemoryMarshal.Cast<byte, float>(features.bytes));
        Tensor head;
        Tensor? value = null;
        if (Spec.CoreStateSize > 0)
        {
            int batch = rows / steps;
            Tensor continues = empty(steps, batch, 1);
            WriteContinues(episodeStarts, MemoryMarshal.Cast<byte, float>(continues.bytes));
            Tensor state = empty(batch, Spec.CoreStateSize);
            coreState.CopyTo(MemoryMarshal.Cast<byte, float>(state.bytes));
            (head, value) = Forward(features, steps, continues, state, out Tensor? nextState);
            MemoryMarshal.Cast<byte, float>(nextState!.contiguous().bytes).CopyTo(coreState);
        }
        else
        {
            Tensor trunk = Encode(features, ActorPrefix);
            head = Distributions(trunk);
            if (!values.IsEmpty)
            {
                Tensor criticTrunk = _plan.SharedTrunk ? trunk : Encode(features, "critic.");
                value = Linear(criticTrunk, "critic.head").squeeze(-1);
            }
        }
        MemoryMarshal.Cast<byte, float>(head.contiguous().bytes).CopyTo(distributions);
        if (!values.IsEmpty)
        {
            MemoryMarshal.Cast<byte, float>(value!.contiguous().bytes).CopyTo(values);
        }
        GC.KeepAlive(this); // its views are in no scope
    }

    /// <summary>Writes 0 where an episode starts, else 1.</summary>
    public static void WriteContinues(ReadOnlySpan<bool> episodeStarts, Span<float> continues)
    {
        for (int i = 0; i < continues.Length; i++)
        {
            continues[i] = episodeStarts[i] ? 0 : 1;
        }
    }

    /// <summary>Writes what the first layer reads for rows of observations.</summary>
    public void WriteFeatures(ReadOnlySpan<float> observations, Span<float> features) =>
        _plan.Features.EncodeRows(observations, features);

    /// <summary>Frees the views. The flat buffers are the collector's.</summary>
    public void Dispose()
    {
        foreach (Tensor view in _views.Values)
        {
            view.Dispose();
        }
        foreach (TorchTransformer transformer in _transformers.Values)
        {
            transformer.Dispose();
        }
        _flatParameters.Dispose();
        _flatGradient.Dispose();
    }

    private string ActorPrefix => _plan.SharedTrunk ? "" : "actor.";

    private Tensor Distributions(Tensor actorTrunk)
    {
        Tensor head = Linear(actorTrunk, "actor.head");
        return _views.TryGetValue("actor.log_std", out Tensor? logStd)
            ? cat([head, logStd.unsqueeze(0).expand(head.shape[0], -1)], 1)
            : head;
    }

    private (Tensor Output, Tensor? NextState) Trunk(
        Tensor features,
        string prefix,
        int steps,
        Tensor? continues,
        Tensor? state,
        bool keepState
    )
    {
        Tensor encoded = Encode(features, prefix);
        return state is null ? (encoded, null) : _transformers[prefix].Forward(encoded, steps, continues!, state, keepState);
    }

    private Tensor Encode(Tensor features, string prefix)
    {
        Tensor input = Convolve(features, prefix);
        for (int layer = 0; layer < _plan.HiddenSizes.Length; layer++)
        {
            input = Activate(Linear(input, $"{prefix}encoder.{layer}"));
        }
        return input;
    }

    private Tensor Convolve(Tensor features, string prefix)
    {
        IReadOnlyList<FeaturePart> parts = _plan.Features.Parts;
        var encoded = new Tensor[parts.Count];
        for (int i = 0; i < encoded.Length; i++)
        {
            encoded[i] = Convolve(parts.Count == 1 ? features : features.narrow(1, parts[i].Offset, parts[i].Size), prefix, i);
        }
        return encoded.Length == 1 ? encoded[0] : cat(encoded, 1);
    }

    private Tensor Convolve(Tensor features, string prefix, int part)
    {
        ConvolutionShape[] shapes = _plan.Convolutions[part];
        if (shapes.Length == 0)
        {
            return features;
        }
        // Channels stay last in memory; permuting only tells the library so.
        long rows = features.shape[0];
        Tensor image = features.reshape(rows, shapes[0].Height, shapes[0].Width, shapes[0].Channels).permute(0, 3, 1, 2);
        for (int layer = 0; layer < shapes.Length; layer++)
        {
            string name = prefix + _plan.ConvolutionName(part, layer);
            Tensor weight = _views[name + ".weight"].permute(0, 3, 1, 2);
            long stride = shapes[layer].Stride;
            Tensor output = nn.functional.conv2d(image, weight, _views[name + ".bias"], strides: [stride, stride]);
            image = Activate(output);
        }
        return image.permute(0, 2, 3, 1).reshape(rows, -1);
    }

    private Tensor Activate(Tensor input) =>
        _plan.Activation switch
        {
            Activation.Tanh => input.tanh(),
            Activation.Relu => input.relu(),
        };

    private Tensor Linear(Tensor input, string name)
    {
        return nn.functional.linear(input, _views[name + ".weight"], _views[name + ".bias"]);
    }
}
