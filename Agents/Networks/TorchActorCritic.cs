using System.Runtime.InteropServices;
using Agents.Distributions;
using TorchSharp;
using static TorchSharp.torch;

namespace Agents.Networks;

/// <summary>The reference network on the tensor library, with gradients.</summary>
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
    private readonly bool _featuresAreObservations;

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
        _featuresAreObservations = ObservationFeatures.AreIdentity(spec.ObservationSpace);
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

    /// <summary>Distribution parameters <c>[N, P]</c> and values <c>[N]</c> of features <c>[N, FeatureSize]</c>, with gradients.</summary>
    public (Tensor Distributions, Tensor Values) Forward(Tensor features)
    {
        Tensor trunk = Encode(features, ActorPrefix);
        return (Distributions(trunk), Values(trunk, features));
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
        Tensor trunk = Encode(features, ActorPrefix);
        MemoryMarshal.Cast<byte, float>(Distributions(trunk).contiguous().bytes).CopyTo(distributions);
        if (!values.IsEmpty)
        {
            MemoryMarshal.Cast<byte, float>(Values(trunk, features).contiguous().bytes).CopyTo(values);
        }
    }

    /// <summary>Writes what the first layer reads for rows of observations.</summary>
    public void WriteFeatures(ReadOnlySpan<float> observations, Span<float> features)
    {
        if (_featuresAreObservations)
        {
            observations.CopyTo(features);
            return;
        }
        ObservationFeatures.EncodeRows(Spec.ObservationSpace, observations, features);
    }

    /// <summary>Frees the views. The flat buffers are the collector's.</summary>
    public void Dispose()
    {
        foreach (Tensor view in _views.Values)
        {
            view.Dispose();
        }
        _flatParameters.Dispose();
        _flatGradient.Dispose();
    }

    private string ActorPrefix => Spec.Settings.SharedTrunk ? "" : "actor.";

    private Tensor Distributions(Tensor actorTrunk)
    {
        Tensor head = Linear(actorTrunk, "actor.head");
        return _views.TryGetValue("actor.log_std", out Tensor? logStd)
            ? cat([head, logStd.unsqueeze(0).expand(head.shape[0], -1)], 1)
            : head;
    }

    private Tensor Values(Tensor actorTrunk, Tensor features) =>
        Linear(Spec.Settings.SharedTrunk ? actorTrunk : Encode(features, "critic."), "critic.head").squeeze(-1);

    private Tensor Encode(Tensor input, string prefix)
    {
        for (int layer = 0; layer < Spec.Settings.HiddenSizes.Length; layer++)
        {
            input = Linear(input, $"{prefix}encoder.{layer}");
            input = Spec.Settings.Activation == Activation.Tanh ? input.tanh() : input.relu();
        }
        return input;
    }

    private Tensor Linear(Tensor input, string name) =>
        nn.functional.linear(input, _views[name + ".weight"], _views[name + ".bias"]);
}
