using Agents.Distributions;
using Agents.Networks;
using Agents.Networks.Managed;
using Learners.Batches;
using Learners.Objectives;
using Learners.Optimizers.Kfac;

namespace Learners.Engines;

/// <summary>Networks with a gated transformer in plain C#, layer by layer, beside the program of the losses. Never loads the tensor library.</summary>
internal sealed class ManagedGradientEngine : IGradientEngine
{
    private const int BlockRows = 64;

    private readonly float[] _parameters;
    private readonly float[] _gradient;
    private readonly ManagedActorCritic _network;
    private readonly ActionDistribution _distribution;
    private readonly Column _features;
    private readonly Column _initialCoreState;
    private LossProgram? _losses;
    private float[] _distributions = [];
    private float[] _values = [];
    private float[] _coreState = [];

    /// <summary>An engine over a flat buffer.</summary>
    public ManagedGradientEngine(NetworkSpec spec, float[] parameters)
    {
        _parameters = parameters;
        _gradient = new float[parameters.Length];
        _network = new ManagedActorCritic(spec, parameters);
        _distribution = ActionDistribution.For(spec.ActionSpace);
        _features = Column.Features(spec);
        _initialCoreState = Column.InitialCoreState(spec);
    }

    /// <inheritdoc/>
    public IActorCriticNetwork Network => _network;

    /// <inheritdoc/>
    public Span<float> Parameters => _parameters;

    /// <inheritdoc/>
    public Span<float> Gradient => _gradient;

    /// <inheritdoc/>
    public void ParametersChanged() => _network.Refresh();

    /// <inheritdoc/>
    public void Use(IReadOnlyList<Objective> objectives) => _losses = new LossProgram(_network.Spec, objectives);

    /// <inheritdoc/>
    public void Backward(Batch batch, double progress, Span<double> losses, Span<float> logProbs, Kfac? kfac = null)
    {
        Unobserved.Refuse(kfac);
        Array.Clear(_gradient);
        losses.Clear();
        // Gradients flow through time, so sequences are one block.
        int blockRows = _network.Spec.CoreStateSize > 0 ? batch.Count : BlockRows;
        EnsureCapacity(blockRows, batch);
        LossProgram program = _losses ?? throw new InvalidOperationException("The engine was told of no objectives.");
        program.Begin(blockRows, progress);
        for (int first = 0; first < batch.Count; first += blockRows)
        {
            int rows = Math.Min(blockRows, batch.Count - first);
            BackwardBlock(batch, first, rows, program, losses, logProbs.Slice(first, rows));
        }
    }

    /// <summary>Nothing to release.</summary>
    public void Dispose() { }

    private void BackwardBlock(Batch batch, int first, int rows, LossProgram program, Span<double> losses, Span<float> logProbs)
    {
        int featureSize = _network.Spec.FeatureSize;
        ReadOnlySpan<float> features = batch[_features].AsSpan(first * featureSize, rows * featureSize);
        Span<float> distributions = _distributions.AsSpan(0, rows * _distribution.ParameterSize);
        Span<float> values = _values.AsSpan(0, rows);
        CopyCoreState(batch);
        var sequence = new SequenceState(batch.Steps, batch.EpisodeStarts, _coreState) { ForGradient = true };
        _network.Forward(features, distributions, values, rows, sequence);
        program.Run(batch, first, rows, _distributions, _values, losses, logProbs);
        _network.Backward(features, program.DistributionGradients, program.ValueGradients, _gradient, rows, sequence);
    }

    private void CopyCoreState(Batch batch)
    {
        if (_coreState.Length > 0)
        {
            batch[_initialCoreState].AsSpan(0, _coreState.Length).CopyTo(_coreState);
        }
    }

    private void EnsureCapacity(int rows, Batch batch)
    {
        if (_values.Length < rows)
        {
            _distributions = new float[rows * _distribution.ParameterSize];
            _values = new float[rows];
        }
        int state = _network.Spec.CoreStateSize > 0 ? batch.Sequences * _network.Spec.CoreStateSize : 0;
        if (_coreState.Length != state)
        {
            _coreState = new float[state];
        }
    }
}
