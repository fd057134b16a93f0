using Agents.Networks;
using Learners.ActorCritic;
using TorchSharp;
using static TorchSharp.torch;

namespace Learners.Engines;

/// <summary>Tensors that alias a <see cref="Minibatch"/>'s arrays. Owns the tensors.</summary>
internal sealed class TensorMinibatch : IDisposable
{
    /// <summary>Tensors over the arrays, which may be refilled at any time.</summary>
    public TensorMinibatch(Minibatch batch, NetworkSpec spec)
    {
        Features = Alias(batch.Features, batch.Count, spec.FeatureSize);
        Actions = Alias(batch.Actions, batch.Count, spec.ActionSpace.Size);
        BehaviourLogProbs = Alias(batch.BehaviourLogProbs, batch.Count);
        Advantages = Alias(batch.Advantages, batch.Count);
        Returns = Alias(batch.Returns, batch.Count);
        OldValues = Alias(batch.OldValues, batch.Count);
        OldDistributions =
            batch.OldDistributions.Length > 0 ? Alias(batch.OldDistributions, batch.Count, spec.DistributionSize) : null;
        int sequences = batch.Count / batch.Steps;
        InitialCoreState = spec.CoreStateSize > 0 ? Alias(batch.InitialCoreState, sequences, spec.CoreStateSize) : null;
        Continues = spec.CoreStateSize > 0 ? empty(batch.Steps, sequences, 1).DetachFromDisposeScope() : null;
    }

    /// <summary>State before step 0, <c>[B, CoreStateSize]</c>; null without a core.</summary>
    public Tensor? InitialCoreState { get; }

    /// <summary>0 where an episode starts, else 1, <c>[T, B, 1]</c>; null without a core. Filled by the engine.</summary>
    public Tensor? Continues { get; }

    /// <summary><c>[N, FeatureSize]</c>.</summary>
    public Tensor Features { get; }

    /// <summary><c>[N, ActionSize]</c> float32.</summary>
    public Tensor Actions { get; }

    /// <summary><c>[N]</c>.</summary>
    public Tensor BehaviourLogProbs { get; }

    /// <summary><c>[N]</c>.</summary>
    public Tensor Advantages { get; }

    /// <summary><c>[N]</c>.</summary>
    public Tensor Returns { get; }

    /// <summary><c>[N]</c>.</summary>
    public Tensor OldValues { get; }

    /// <summary><c>[N, P]</c>; null where no objective asks for them.</summary>
    public Tensor? OldDistributions { get; }

    /// <inheritdoc/>
    public void Dispose()
    {
        Features.Dispose();
        Actions.Dispose();
        BehaviourLogProbs.Dispose();
        Advantages.Dispose();
        Returns.Dispose();
        OldValues.Dispose();
        OldDistributions?.Dispose();
        InitialCoreState?.Dispose();
        Continues?.Dispose();
    }

    private static Tensor Alias(float[] array, params long[] shape)
    {
        using DisposeScope scope = NewDisposeScope();
        return from_array(array).view(shape).DetachFromDisposeScope();
    }
}
