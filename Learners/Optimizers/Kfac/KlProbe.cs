using Agents.Distributions;
using Agents.Networks;
using Learners.Batches;
using Learners.Metrics;

namespace Learners.Optimizers.Kfac;

/// <summary>Measures what an update did to policy and value: means over some observations of the batch.</summary>
/// <param name="network">The network that is trained.</param>
/// <param name="criticFisherScale">1 / σ² of the critic's Gaussian, whose divergence is ½ (ΔV)² / σ².</param>
internal sealed class KlProbe(IActorCriticNetwork network, double criticFisherScale)
{
    private const int Rows = 64;

    private readonly ActionDistribution _distribution = network.Spec.Distribution;
    private readonly PolicyComparison _divergence = new(network.Spec.Distribution);
    private readonly Column _observationColumn = Column.Observations(network.Spec);
    private readonly Column _initialCoreState = Column.InitialCoreState(network.Spec);
    private float[] _observations = [];
    private float[] _distributions = [];
    private float[] _values = [];
    private float[] _newDistributions = [];
    private float[] _newValues = [];
    private float[] _coreState = [];
    private bool[] _starts = [];
    private int _steps;

    /// <summary>Evaluates the network before an update. With a memory that takes all sequences, otherwise 64 rows.</summary>
    public void Before(Batch batch)
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
            batch[_observationColumn].AsSpan(source * size, size).CopyTo(_observations.AsSpan(row * size));
            _starts[row] = remembers && batch.EpisodeStarts[source];
        }
        _steps = remembers ? batch.Steps : 1;
        Evaluate(batch, _distributions, _values);
    }

    /// <summary>Evaluates it again, and adds both divergences from before to after.</summary>
    public void After(Batch batch, MetricAverages metrics)
    {
        Evaluate(batch, _newDistributions, _newValues);
        double value = 0;
        for (int row = 0; row < _values.Length; row++)
        {
            double change = _newValues[row] - _values[row];
            value += 0.5 * criticFisherScale * change * change;
        }
        metrics.Add("kfac/measured_policy_kl", _divergence.Mean(_distributions, _newDistributions, _values.Length));
        metrics.Add("kfac/measured_value_kl", value / _values.Length);
    }

    private void Evaluate(Batch batch, Span<float> distributions, Span<float> values)
    {
        int size = batch.Sequences * _initialCoreState.Width;
        if (_coreState.Length != size)
        {
            _coreState = new float[size];
        }
        batch[_initialCoreState].AsSpan(0, size).CopyTo(_coreState);
        network.Unroll(_steps, _observations, _starts, _coreState, distributions, values);
    }
}
