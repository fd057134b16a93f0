using Agents.Networks;
using TorchSharp;
using static TorchSharp.torch;

namespace Learners.ActorCritic;

/// <summary>N samples of a trajectory batch as tensors that alias pinned arrays. Owns its tensors; refilled for every gradient.</summary>
internal sealed class Minibatch : IDisposable
{
    private readonly TorchActorCritic _network;
    private readonly float[] _observations;
    private readonly float[] _features;
    private readonly float[] _actions;
    private readonly float[] _logProbs;
    private readonly float[] _advantages;
    private readonly float[] _returns;
    private readonly float[] _values;

    /// <summary>Room for <paramref name="count"/> samples.</summary>
    public Minibatch(TorchActorCritic network, int count)
    {
        _network = network;
        Count = count;
        NetworkSpec spec = network.Spec;
        _observations = new float[count * spec.ObservationSize];
        _features = Pinned(count * spec.FeatureSize);
        _actions = Pinned(count * spec.ActionSpace.Size);
        _logProbs = Pinned(count);
        _advantages = Pinned(count);
        _returns = Pinned(count);
        _values = Pinned(count);
        Features = Alias(_features, count, spec.FeatureSize);
        Actions = Alias(_actions, count, spec.ActionSpace.Size);
        BehaviourLogProbs = Alias(_logProbs, count);
        Advantages = Alias(_advantages, count);
        Returns = Alias(_returns, count);
        OldValues = Alias(_values, count);
    }

    /// <summary>Samples, N.</summary>
    public int Count { get; }

    /// <summary>What the first layer reads, <c>[N, FeatureSize]</c>.</summary>
    public Tensor Features { get; }

    /// <summary><c>[N, ActionSize]</c> float32.</summary>
    public Tensor Actions { get; }

    /// <summary>Log-probs of the actions under the behaviour policy, <c>[N]</c>.</summary>
    public Tensor BehaviourLogProbs { get; }

    /// <summary>Advantages, normalised where the settings ask for it, <c>[N]</c>.</summary>
    public Tensor Advantages { get; }

    /// <summary>Targets of the value, <c>[N]</c>.</summary>
    public Tensor Returns { get; }

    /// <summary>Values before the update, <c>[N]</c>.</summary>
    public Tensor OldValues { get; }

    /// <summary>The numbers behind <see cref="BehaviourLogProbs"/>.</summary>
    public ReadOnlySpan<float> BehaviourLogProbValues => _logProbs;

    /// <summary>Copies the samples of the given rows.</summary>
    /// <param name="batch">Prepared trajectories.</param>
    /// <param name="rows">Rows t × B + b, as many as <see cref="Count"/>.</param>
    /// <param name="normalizeAdvantages">Whether to shift and scale the advantages of these rows to mean 0 and deviation 1.</param>
    public void Fill(TrajectoryBatch batch, ReadOnlySpan<int> rows, bool normalizeAdvantages)
    {
        int observationSize = _network.Spec.ObservationSize;
        int actionSize = _network.Spec.ActionSpace.Size;
        ReadOnlySpan<float> observations = batch.Unroll.Observations;
        ReadOnlySpan<float> actions = batch.Unroll.Actions;
        for (int i = 0; i < rows.Length; i++)
        {
            int row = rows[i];
            observations.Slice(row * observationSize, observationSize).CopyTo(_observations.AsSpan(i * observationSize));
            actions.Slice(row * actionSize, actionSize).CopyTo(_actions.AsSpan(i * actionSize));
            _logProbs[i] = batch.Unroll.BehaviourLogProbs[row];
            _advantages[i] = batch.Advantages[row];
            _returns[i] = batch.Returns[row];
            _values[i] = batch.Values[row];
        }
        _network.WriteFeatures(_observations, _features);
        if (normalizeAdvantages)
        {
            Normalize(_advantages);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Features.Dispose();
        Actions.Dispose();
        BehaviourLogProbs.Dispose();
        Advantages.Dispose();
        Returns.Dispose();
        OldValues.Dispose();
    }

    // Deviation with N − 1, and 1e-8 beside it, as the widely used implementations do.
    private static void Normalize(Span<float> advantages)
    {
        double sum = 0;
        foreach (float advantage in advantages)
        {
            sum += advantage;
        }
        double mean = sum / advantages.Length;
        double squares = 0;
        foreach (float advantage in advantages)
        {
            squares += (advantage - mean) * (advantage - mean);
        }
        double scale = 1 / (Math.Sqrt(squares / (advantages.Length - 1)) + 1e-8);
        for (int i = 0; i < advantages.Length; i++)
        {
            advantages[i] = (float)((advantages[i] - mean) * scale);
        }
    }

    private static float[] Pinned(int length) => GC.AllocateArray<float>(length, pinned: true);

    private static Tensor Alias(float[] array, params long[] shape)
    {
        using DisposeScope scope = NewDisposeScope();
        return from_array(array).view(shape).DetachFromDisposeScope();
    }
}
