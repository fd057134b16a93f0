using System.Runtime.InteropServices;
using Agents.Distributions;
using Agents.Networks;
using Learners.ActorCritic;
using Learners.Optimizers.Kfac;
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
        Span<float> logProbs,
        FisherSampler? fisher = null
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
        TorchLayerTape? tape = fisher is not null && fisher.Begin() ? new TorchLayerTape(batch.Steps) : null;
        _network.Tape = tape;
        (Tensor distributions, Tensor values) = _network.Forward(
            _tensors.Features,
            batch.Steps,
            _tensors.Continues,
            _tensors.InitialCoreState,
            out _,
            keepState: false
        );
        _network.Tape = null;
        if (tape is not null)
        {
            GatherStatistics(fisher!, tape, distributions, values);
        }
        (Tensor logProb, Tensor entropy) = TorchDistribution.Evaluate(_distribution, distributions, _tensors.Actions);
        var evaluation = new NetworkEvaluation(logProb, entropy, values, distributions);
        Tensor? total = null;
        for (int i = 0; i < objectives.Length; i++)
        {
            Tensor loss = objectives[i].Loss(_tensors, evaluation, progress);
            losses[i] = loss.item<float>();
            float weight = objectives[i].Weight;
            if (weight != 0)
            {
                Tensor weighted = weight == 1 ? loss : loss.Times(weight);
                total = total is null ? weighted : total.Plus(weighted);
            }
        }
        (total ?? throw new InvalidOperationException("Every objective has weight 0, so there is nothing to learn.")).backward();
        MemoryMarshal.Cast<byte, float>(logProb.contiguous().bytes).CopyTo(logProbs);
        GC.KeepAlive(this); // tensors of network and minibatch are in no scope
    }

    // Sums over rows, so that a row's gradient is that of its own log-likelihood; the graph stays for the losses.
    private void GatherStatistics(FisherSampler fisher, TorchLayerTape tape, Tensor distributions, Tensor values)
    {
        var rows = (int)values.shape[0];
        Tensor actions = empty(rows, _distribution.ActionSize);
        Tensor valueGradients = empty(rows);
        fisher.Draw(
            _distribution,
            MemoryMarshal.Cast<byte, float>(distributions.detach().contiguous().bytes),
            MemoryMarshal.Cast<byte, float>(actions.bytes),
            MemoryMarshal.Cast<byte, float>(valueGradients.bytes)
        );
        (Tensor logProb, _) = TorchDistribution.Evaluate(_distribution, distributions, actions);
        logProb.sum().Plus((values * valueGradients).sum()).backward(retain_graph: true);
        tape.Show(fisher.Observer);
        _network.Gradient.Clear();
        fisher.End();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _tensors?.Dispose();
        _network.Dispose();
    }
}
