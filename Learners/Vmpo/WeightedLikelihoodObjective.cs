using Agents.Programs;
using Environments.State;
using Learners.ActorCritic;
using Learners.Batches;
using Learners.Metrics;
using Learners.Objectives;

namespace Learners.Vmpo;

/// <summary>Fits the policy to the better half of a batch: −Σ ψ log π(a|s), with a learned temperature (Song et al. 2020, equations 3 and 4).</summary>
/// <remarks>When a step begins, the weights ψ of its samples are found from their advantages and written into a column of their own.</remarks>
/// <param name="settings">Temperature.</param>
internal sealed class WeightedLikelihoodObjective(VmpoSettings settings) : Objective, IAdaptiveObjective
{
    /// <summary>ψ of each sample.</summary>
    public static Column Weights { get; } = new("likelihood_weights");

    private readonly Multiplier _temperature = new(settings.InitialTemperature, settings.MultiplierLearningRate);
    private double[] _weights = [];
    private int[] _order = [];
    private double _temperatureLoss;
    private double _temperatureGradient;
    private double _effectiveSamples;

    /// <inheritdoc/>
    public override string Name => "policy_loss";

    /// <inheritdoc/>
    public override IReadOnlyList<Column> Reads => [Weights];

    /// <inheritdoc/>
    public IReadOnlyList<string> Tags { get; } = ["losses/temperature", "losses/temperature_loss", "losses/effective_samples"];

    /// <summary>η.</summary>
    public float Temperature => _temperature.Value;

    /// <inheritdoc/>
    public void Begin(Batch batch)
    {
        if (_weights.Length != batch.Count)
        {
            _weights = new double[batch.Count];
            _order = new int[batch.Count];
        }
        (_temperatureLoss, _temperatureGradient) = TopHalf.Weigh(
            batch[Column.Advantages].AsSpan(0, batch.Count),
            _temperature.Value,
            settings.TemperatureEpsilon,
            _weights,
            _order
        );
        double squares = 0;
        for (int i = 0; i < _weights.Length; i++)
        {
            squares += _weights[i] * _weights[i];
            batch[Weights][i] = (float)_weights[i];
        }
        _effectiveSamples = 1 / squares;
    }

    /// <inheritdoc/>
    public void End(double loss, MetricAverages metrics)
    {
        metrics.Add("losses/temperature", _temperature.Value);
        metrics.Add("losses/temperature_loss", _temperatureLoss);
        metrics.Add("losses/effective_samples", _effectiveSamples);
        _temperature.Descend(_temperatureGradient);
    }

    /// <inheritdoc/>
    public override Value Loss(NetworkEvaluation evaluation) => -(evaluation[Weights] * evaluation.LogProb).SumRows();

    /// <inheritdoc/>
    public void SaveState(StateDictionary state) => _temperature.SaveState(state);

    /// <inheritdoc/>
    public void LoadState(StateDictionary state) => _temperature.LoadState(state);
}
