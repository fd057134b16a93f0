using System.Runtime.InteropServices;
using Agents.Distributions;
using Agents.Networks;
using Learners.ActorCritic;
using static TorchSharp.torch;

namespace Learners.Engines;

/// <summary>The reference: autograd of the tensor library. Owns network and tensors.</summary>
internal sealed class TorchGradientEngine : IGradientEngine
{
    private readonly TorchActorCritic _network;
    private readonly ActionDistribution _distribution;
    private Minibatch? _aliased;
    private TensorMinibatch? _tensors;

    /// <summary>An engine over pinned parameters.</summary>
    public TorchGradientEngine(NetworkSpec spec, float[] parameters)
    {
        _network = new TorchActorCritic(spec, parameters);
        _distribution = ActionDistribution.For(spec.ActionSpace);
    }

    /// <inheritdoc/>
    public IActorCriticNetwork Network => _network;

    /// <inheritdoc/>
    public Span<float> Parameters => _network.Parameters;

    /// <inheritdoc/>
    public Span<float> Gradient => _network.Gradient;

    /// <summary>Nothing to do: the tensors are views of the buffer.</summary>
    public void ParametersChanged() { }

    /// <inheritdoc/>
    public void Backward(
        Minibatch batch,
        ReadOnlySpan<IObjective> objectives,
        double progress,
        Span<double> losses,
        Span<float> logProbs
    )
    {
        if (_aliased != batch)
        {
            _tensors?.Dispose();
            _tensors = new TensorMinibatch(batch, _network.Spec);
            _aliased = batch;
        }
        _network.Gradient.Clear();
        using var scope = NewDisposeScope(); // every temporary of this update dies here
        if (_tensors!.Continues is { } continues)
        {
            TorchActorCritic.WriteContinues(batch.EpisodeStarts, MemoryMarshal.Cast<byte, float>(continues.bytes));
        }
        (Tensor distributions, Tensor values) = _network.Forward(
            _tensors.Features,
            batch.Steps,
            _tensors.Continues,
            _tensors.InitialCoreState,
            out _,
            keepState: false
        );
        (Tensor logProb, Tensor entropy) = TorchDistribution.Evaluate(_distribution, distributions, _tensors.Actions);
        var evaluation = new NetworkEvaluation(logProb, entropy, values);
        Tensor? total = null;
        for (int i = 0; i < objectives.Length; i++)
        {
            Tensor loss = objectives[i].Loss(_tensors, evaluation, progress);
            losses[i] = TorchSharp.TensorExtensionMethods.ToSingle(loss);
            float weight = objectives[i].Weight;
            if (weight != 0)
            {
                Tensor weighted = weight == 1 ? loss : loss * weight;
                total = total is null ? weighted : total + weighted;
            }
        }
        (total ?? throw new InvalidOperationException("Every objective has weight 0, so there is nothing to learn.")).backward();
        MemoryMarshal.Cast<byte, float>(logProb.contiguous().bytes).CopyTo(logProbs);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _tensors?.Dispose();
        _network.Dispose();
    }
}
