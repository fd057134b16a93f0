using Agents.Distributions;
using Agents.Networks;
using Agents.Networks.Managed;
using Learners.ActorCritic;

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
    private float[] _values = [];
    private float[] _entropies = [];
    private float[] _logProbGradients = [];
    private float[] _entropyGradients = [];
    private float[] _valueGradients = [];
    private float[] _coreState = [];
    private float[] _scratch = [];

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
        Span<float> logProbs
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
            BackwardBlock(batch, first, rows, objectives, progress, losses, logProbs.Slice(first, rows));
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
        Span<float> logProbs
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
        Span<float> scratch = _scratch.AsSpan(0, 2 * distributions.Length);
        Span<float> entropies = _entropies.AsSpan(0, rows);
        _distribution.EvaluateRows(distributions, actions, logProbs, entropies, scratch);

        Array.Clear(_logProbGradients);
        Array.Clear(_entropyGradients);
        Array.Clear(_valueGradients);
        var block = new SampleBlock
        {
            Total = batch.Count,
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
        _network.Backward(features, distributionGradients, block.ValueGradients, _gradient, rows, sequence);
    }

    private void EnsureCapacity(int rows, Minibatch batch)
    {
        if (_values.Length < rows || _coreState.Length < batch.InitialCoreState.Length)
        {
            _distributions = new float[rows * _distribution.ParameterSize];
            _distributionGradients = new float[_distributions.Length];
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
