using Agents.Distributions;
using Agents.Networks;
using Agents.Networks.Managed;
using Learners.Batches;
using Learners.Objectives;
using Learners.Optimizers.Kfac;

namespace Learners.Engines;

/// <summary>Gradients in closed form and plain C#, in blocks of rows that stay in the cache. Never loads the tensor library.</summary>
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
    private DrawnLikelihood? _drawn;
    private float[] _distributions = [];
    private float[] _values = [];
    private float[] _coreState = [];
    private float[] _drawnActions = [];
    private float[] _drawnValueGradients = [];

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
    public void Backward(Batch batch, double progress, Span<double> losses, Span<float> logProbs, FisherSampler? fisher = null)
    {
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
            BackwardBlock(batch, first, rows, program, losses, logProbs.Slice(first, rows), fisher);
        }
    }

    /// <summary>Nothing to release.</summary>
    public void Dispose() { }

    private void BackwardBlock(
        Batch batch,
        int first,
        int rows,
        LossProgram program,
        Span<double> losses,
        Span<float> logProbs,
        FisherSampler? fisher
    )
    {
        int featureSize = _network.Spec.FeatureSize;
        ReadOnlySpan<float> features = batch[_features].AsSpan(first * featureSize, rows * featureSize);
        Span<float> distributions = _distributions.AsSpan(0, rows * _distribution.ParameterSize);
        Span<float> values = _values.AsSpan(0, rows);
        CopyCoreState(batch);
        var sequence = new SequenceState(batch.Steps, batch.EpisodeStarts, _coreState) { ForGradient = true };
        _network.Forward(features, distributions, values, rows, sequence);
        if (fisher is not null && fisher.Begin())
        {
            GatherStatistics(fisher, features, rows, sequence);
            if (_network.Spec.CoreStateSize > 0)
            {
                // A memory keeps its activations for one backward pass only.
                CopyCoreState(batch);
                _network.Forward(features, distributions, values, rows, sequence);
            }
            fisher.End();
        }
        program.Run(batch, first, rows, _distributions, _values, losses, logProbs);
        _network.Backward(features, program.DistributionGradients, program.ValueGradients, _gradient, rows, sequence);
    }

    // Backward from the log-likelihood of drawn actions and values, one gradient per row: no mean over the batch.
    private void GatherStatistics(FisherSampler fisher, ReadOnlySpan<float> features, int rows, scoped in SequenceState sequence)
    {
        if (_drawnValueGradients.Length < rows)
        {
            _drawnActions = new float[rows * _distribution.ActionSize];
            _drawnValueGradients = new float[rows];
        }
        Span<float> valueGradients = _drawnValueGradients.AsSpan(0, rows);
        fisher.Draw(
            _distribution,
            _distributions.AsSpan(0, rows * _distribution.ParameterSize),
            _drawnActions.AsSpan(0, rows * _distribution.ActionSize),
            valueGradients
        );
        _drawn ??= new DrawnLikelihood(_network.Spec);
        ReadOnlySpan<float> gradients = _drawn.Gradient(_distributions, _drawnActions, rows);
        _network.Backward(features, gradients, valueGradients, [], rows, sequence, fisher.Observer);
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
