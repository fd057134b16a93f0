using System.Runtime.InteropServices;
using Agents.Networks;
using Agents.Programs;
using Agents.Programs.Execution;
using Agents.Torch;
using Learners.Batches;
using Learners.Objectives;
using Learners.Optimizers.Kfac;
using TorchSharp;
using static TorchSharp.torch;

namespace Learners.Engines;

/// <summary>Networks with a gated transformer by autograd of the tensor library. Owns network and tensors.</summary>
internal sealed class TorchGradientEngine : IGradientEngine
{
    private readonly TorchActorCritic _network;
    private readonly TorchArrays _arrays = new(CPU);
    private readonly Interpreter<Tensor> _interpreter;
    private LossGraph? _losses;

    /// <summary>An engine over pinned parameters.</summary>
    public TorchGradientEngine(NetworkSpec spec, float[] parameters)
    {
        _network = new TorchActorCritic(spec, parameters);
        _interpreter = new Interpreter<Tensor>(TorchForms.For(CPU), _arrays);
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
    public void Use(IReadOnlyList<Objective> objectives) => _losses = new LossGraph(_network.Spec, objectives);

    /// <inheritdoc/>
    public void Backward(Batch batch, double progress, Span<double> losses, Span<float> logProbs, Kfac? kfac = null)
    {
        LossGraph graph = _losses ?? throw new InvalidOperationException("The engine was told of no objectives.");
        Unobserved.Refuse(kfac);
        _network.Gradient.Clear();
        using DisposeScope scope = NewDisposeScope(); // every temporary of this update dies here
        Tensor? continues = null;
        Tensor? coreState = null;
        NetworkSpec spec = _network.Spec;
        if (spec.CoreStateSize > 0)
        {
            continues = empty(batch.Steps, batch.Sequences, 1);
            TorchActorCritic.WriteContinues(batch.EpisodeStarts, MemoryMarshal.Cast<byte, float>(continues.bytes));
            coreState = Copy(batch, Column.InitialCoreState(spec), batch.Sequences);
        }
        (Tensor distributions, Tensor values) = _network.Forward(
            Copy(batch, Column.Features(spec), batch.Count),
            batch.Steps,
            continues,
            coreState,
            out _,
            keepState: false
        );
        Dictionary<Value, Tensor> known = graph.Evaluation.Columns.ToDictionary(
            column => column.Value,
            column => Copy(batch, column.Key, batch.Count)
        );
        known.Add(graph.Distributions, distributions);
        known.Add(graph.Values, values.view(-1, 1));
        graph.Evaluation.Advance(progress, (scalar, number) => known.Add(scalar, _arrays.Of([number], 1, 1)));
        Value logProb = graph.LogProb;
        Dictionary<Value, Tensor> results = _interpreter.Evaluate(
            [.. graph.Losses, graph.Total, logProb],
            new RunSize(batch.Count, batch.Sequences),
            known,
            []
        );
        for (int i = 0; i < losses.Length; i++)
        {
            losses[i] = results[graph.Losses[i]].item<float>();
        }
        results[graph.Total].sum().backward();
        MemoryMarshal.Cast<byte, float>(results[logProb].contiguous().bytes).CopyTo(logProbs);
        GC.KeepAlive(this); // tensors of the network are in no scope
    }

    private Tensor Copy(Batch batch, Column column, int rows) =>
        _arrays.Of(batch[column].AsSpan(0, rows * column.Width), rows, column.Width);

    /// <inheritdoc/>
    public void Dispose() => _network.Dispose();
}
