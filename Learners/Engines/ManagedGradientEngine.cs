using System.Numerics.Tensors;
using Agents.Distributions;
using Agents.Networks;
using Agents.Networks.Managed;
using Learners.ActorCritic;
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
    private float[] _distributions = [];
    private float[] _distributionGradients = [];
    private float[] _directGradients = [];
    private float[] _values = [];
    private float[] _entropies = [];
    private float[] _logProbGradients = [];
    private float[] _entropyGradients = [];
    private float[] _valueGradients = [];
    private float[] _coreState = [];
    private float[] _scratch = [];
    private float[] _drawnActions = [];
    private float[] _drawnLogProbs = [];

    /// <summary>An engine over a flat buffer.</summary>
    public ManagedGradientEngine(NetworkSpec spec, float[] parameters)
    {
        _parameters = parameters;
        _gradient = new float[parameters.Length];
        _network = new ManagedActorCritic(spec, parameters);
        _distribution = ActionDistribution.For(spec.ActionSpace);
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
    public void Backward(
        Minibatch batch,
        ReadOnlySpan<IObjective> objectives,
        double progress,
        Span<double> losses,
        Span<float> logProbs,
        FisherSampler? fisher = null
    )
    {
        Array.Clear(_gradient);
        losses.Clear();
        // Gradients flow through time, so sequences are one block.
        int blockRows = _network.Spec.CoreStateSize > 0 ? batch.Count : BlockRows;
        EnsureCapacity(blockRows, batch);
        for (int first = 0; first < batch.Count; first += blockRows)
        {
            int rows = Math.Min(blockRows, batch.Count - first);
            BackwardBlock(batch, first, rows, objectives, progress, losses, logProbs.Slice(first, rows), fisher);
        }
    }

    /// <summary>Nothing to release.</summary>
    public void Dispose() { }

    private void BackwardBlock(
        Minibatch batch,
        int first,
        int rows,
        ReadOnlySpan<IObjective> objectives,
        double progress,
        Span<double> losses,
        Span<float> logProbs,
        FisherSampler? fisher
    )
    {
        int featureSize = _network.Spec.FeatureSize;
        int parameterSize = _distribution.ParameterSize;
        int actionSize = _distribution.ActionSize;
        ReadOnlySpan<float> features = batch.Features.AsSpan(first * featureSize, rows * featureSize);
        ReadOnlySpan<float> actions = batch.Actions.AsSpan(first * actionSize, rows * actionSize);
        Span<float> distributions = _distributions.AsSpan(0, rows * parameterSize);
        Span<float> values = _values.AsSpan(0, rows);
        batch.InitialCoreState.CopyTo(_coreState, 0);
        var sequence = new SequenceState(batch.Steps, batch.EpisodeStarts, _coreState) { ForGradient = true };
        _network.Forward(features, distributions, values, rows, sequence);
        if (fisher is not null && fisher.Begin())
        {
            GatherStatistics(fisher, features, distributions, rows, sequence);
            if (_network.Spec.CoreStateSize > 0)
            {
                // A memory keeps its activations for one backward pass only.
                batch.InitialCoreState.CopyTo(_coreState, 0);
                _network.Forward(features, distributions, values, rows, sequence);
            }
            fisher.End();
        }
        Span<float> scratch = _scratch.AsSpan(0, 2 * distributions.Length);
        Span<float> entropies = _entropies.AsSpan(0, rows);
        _distribution.EvaluateRows(distributions, actions, logProbs, entropies, scratch);

        Array.Clear(_logProbGradients);
        Array.Clear(_entropyGradients);
        Array.Clear(_valueGradients);
        bool direct = batch.OldDistributions.Length > 0;
        Array.Clear(_directGradients);
        var block = new SampleBlock
        {
            Total = batch.Count,
            Distribution = _distribution,
            Distributions = distributions,
            OldDistributions = direct ? batch.OldDistributions.AsSpan(first * parameterSize, rows * parameterSize) : [],
            DistributionGradients = _directGradients.AsSpan(0, direct ? rows * parameterSize : 0),
            BehaviourLogProbs = batch.BehaviourLogProbs.AsSpan(first, rows),
            Advantages = batch.Advantages.AsSpan(first, rows),
            Returns = batch.Returns.AsSpan(first, rows),
            OldValues = batch.OldValues.AsSpan(first, rows),
            LogProbs = logProbs,
            Entropies = entropies,
            Values = values,
            LogProbGradients = _logProbGradients.AsSpan(0, rows),
            EntropyGradients = _entropyGradients.AsSpan(0, rows),
            ValueGradients = _valueGradients.AsSpan(0, rows),
        };
        for (int i = 0; i < objectives.Length; i++)
        {
            losses[i] += objectives[i].AddGradient(block, progress);
        }

        Span<float> distributionGradients = _distributionGradients.AsSpan(0, rows * parameterSize);
        _distribution.GradientRows(
            distributions,
            actions,
            logProbs,
            entropies,
            scratch,
            block.LogProbGradients,
            block.EntropyGradients,
            distributionGradients
        );
        if (direct)
        {
            TensorPrimitives.Add(distributionGradients, block.DistributionGradients, distributionGradients);
        }
        _network.Backward(features, distributionGradients, block.ValueGradients, _gradient, rows, sequence);
    }

    // Backward from the log-likelihood of drawn actions and values, one gradient per row: no mean over the batch.
    private void GatherStatistics(
        FisherSampler fisher,
        ReadOnlySpan<float> features,
        ReadOnlySpan<float> distributions,
        int rows,
        scoped in SequenceState sequence
    )
    {
        if (_drawnActions.Length < rows * _distribution.ActionSize)
        {
            _drawnActions = new float[rows * _distribution.ActionSize];
            _drawnLogProbs = new float[rows];
        }
        Span<float> actions = _drawnActions.AsSpan(0, rows * _distribution.ActionSize);
        Span<float> logProbs = _drawnLogProbs.AsSpan(0, rows);
        Span<float> entropies = _entropies.AsSpan(0, rows);
        Span<float> valueGradients = _valueGradients.AsSpan(0, rows);
        Span<float> distributionGradients = _distributionGradients.AsSpan(0, distributions.Length);
        Span<float> scratch = _scratch.AsSpan(0, 2 * distributions.Length);
        fisher.Draw(_distribution, distributions, actions, valueGradients);
        _distribution.EvaluateRows(distributions, actions, logProbs, entropies, scratch);
        Array.Fill(_logProbGradients, 1f);
        Array.Clear(_entropyGradients);
        _distribution.GradientRows(
            distributions,
            actions,
            logProbs,
            entropies,
            scratch,
            _logProbGradients.AsSpan(0, rows),
            _entropyGradients.AsSpan(0, rows),
            distributionGradients
        );
        _network.Backward(features, distributionGradients, valueGradients, [], rows, sequence, fisher.Observer);
    }

    private void EnsureCapacity(int rows, Minibatch batch)
    {
        if (_values.Length < rows || _coreState.Length < batch.InitialCoreState.Length)
        {
            _distributions = new float[rows * _distribution.ParameterSize];
            _distributionGradients = new float[_distributions.Length];
            _directGradients = new float[batch.OldDistributions.Length > 0 ? _distributions.Length : 0];
            _scratch = new float[2 * _distributions.Length];
            _values = new float[rows];
            _entropies = new float[rows];
            _logProbGradients = new float[rows];
            _entropyGradients = new float[rows];
            _valueGradients = new float[rows];
            _coreState = new float[batch.InitialCoreState.Length];
        }
    }
}
