using Environments.State;
using Learners.ActorCritic;
using Learners.Engines;
using Learners.Metrics;
using static TorchSharp.torch;

namespace Learners.Vmpo;

/// <summary>Fits the policy to the better half of a batch: −Σ ψ log π(a|s), with a learned temperature (Song et al. 2020, equations 3 and 4).</summary>
/// <remarks>Turns the advantages of a minibatch into the weights ψ when a step begins.</remarks>
/// <param name="settings">Temperature.</param>
internal sealed class WeightedLikelihoodObjective(VmpoSettings settings) : IAdaptiveObjective
{
    private readonly Multiplier _temperature = new(settings.InitialTemperature, settings.MultiplierLearningRate);
    private double[] _weights = [];
    private int[] _order = [];
    private double _temperatureLoss;
    private double _temperatureGradient;
    private double _effectiveSamples;

    /// <inheritdoc/>
    public string Name => "policy_loss";

    /// <inheritdoc/>
    public float Weight => 1;

    /// <inheritdoc/>
    public IReadOnlyList<string> Tags { get; } = ["losses/temperature", "losses/temperature_loss", "losses/effective_samples"];

    /// <summary>η.</summary>
    public float Temperature => _temperature.Value;

    /// <inheritdoc/>
    public void Begin(Minibatch batch)
    {
        if (_weights.Length != batch.Count)
        {
            _weights = new double[batch.Count];
            _order = new int[batch.Count];
        }
        (_temperatureLoss, _temperatureGradient) = TopHalf.Weigh(
            batch.Advantages,
            _temperature.Value,
            settings.TemperatureEpsilon,
            _weights,
            _order
        );
        double squares = 0;
        for (int i = 0; i < _weights.Length; i++)
        {
            squares += _weights[i] * _weights[i];
            batch.Advantages[i] = (float)_weights[i];
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
    public Tensor Loss(TensorMinibatch batch, in NetworkEvaluation evaluation, double progress) =>
        (batch.Advantages * evaluation.LogProbs).sum().neg();

    /// <inheritdoc/>
    public double AddGradient(in SampleBlock block, double progress)
    {
        double sum = 0;
        for (int i = 0; i < block.LogProbs.Length; i++)
        {
            sum -= block.Advantages[i] * block.LogProbs[i];
            block.LogProbGradients[i] -= Weight * block.Advantages[i];
        }
        return sum;
    }

    /// <inheritdoc/>
    public void SaveState(StateDictionary state) => _temperature.SaveState(state);

    /// <inheritdoc/>
    public void LoadState(StateDictionary state) => _temperature.LoadState(state);
}
