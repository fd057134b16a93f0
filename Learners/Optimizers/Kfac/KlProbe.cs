using Agents.Distributions;
using Agents.Networks;
using Learners.ActorCritic;
using Learners.Metrics;

namespace Learners.Optimizers.Kfac;

/// <summary>Measures what an update did to policy and value: means over some observations of the batch.</summary>
/// <param name="network">The network that is trained.</param>
/// <param name="criticFisherScale">1 / σ² of the critic's Gaussian, whose divergence is ½ (ΔV)² / σ².</param>
internal sealed class KlProbe(IActorCriticNetwork network, double criticFisherScale)
{
    private const int Rows = 64;

    private readonly ActionDistribution _distribution = ActionDistribution.For(network.Spec.ActionSpace);
    private float[] _observations = [];
    private float[] _distributions = [];
    private float[] _values = [];
    private float[] _newDistributions = [];
    private float[] _newValues = [];
    private float[] _coreState = [];
    private bool[] _starts = [];
    private int _steps;

    /// <summary>Evaluates the network before an update. With a memory that takes all sequences, otherwise 64 rows.</summary>
    public void Before(Minibatch batch)
    {
        bool remembers = network.Spec.CoreStateSize > 0;
        int rows = remembers ? batch.Count : Math.Min(Rows, batch.Count);
        int size = network.Spec.ObservationSize;
        if (_values.Length != rows)
        {
            _observations = new float[rows * size];
            _values = new float[rows];
            _newValues = new float[rows];
            _distributions = new float[rows * _distribution.ParameterSize];
            _newDistributions = new float[_distributions.Length];
            _starts = new bool[rows];
        }
        for (int row = 0; row < rows; row++)
        {
            int source = (int)((long)row * batch.Count / rows);
            batch.Observations.AsSpan(source * size, size).CopyTo(_observations.AsSpan(row * size));
            _starts[row] = remembers && batch.EpisodeStarts[source];
        }
        _steps = remembers ? batch.Steps : 1;
        Evaluate(batch, _distributions, _values);
    }

    /// <summary>Evaluates it again, and adds both divergences from before to after.</summary>
    public void After(Minibatch batch, MetricAverages metrics)
    {
        Evaluate(batch, _newDistributions, _newValues);
        int size = _distribution.ParameterSize;
        double policy = 0;
        double value = 0;
        for (int row = 0; row < _values.Length; row++)
        {
            policy += PolicyDivergence.Of(
                _distribution,
                _distributions.AsSpan(row * size, size),
                _newDistributions.AsSpan(row * size, size)
            );
            double change = _newValues[row] - _values[row];
            value += 0.5 * criticFisherScale * change * change;
        }
        metrics.Add("kfac/measured_policy_kl", policy / _values.Length);
        metrics.Add("kfac/measured_value_kl", value / _values.Length);
    }

    private void Evaluate(Minibatch batch, Span<float> distributions, Span<float> values)
    {
        if (_coreState.Length != batch.InitialCoreState.Length)
        {
            _coreState = new float[batch.InitialCoreState.Length];
        }
        batch.InitialCoreState.CopyTo(_coreState, 0);
        network.Unroll(_steps, _observations, _starts, _coreState, distributions, values);
    }
}
