using System.Numerics.Tensors;
using Environments.State;
using Environments.Tabular;
using Learners.Batches;
using Learners.Metrics;
using Learners.References;
using Learners.Stages;

namespace Learners.Auxiliary;

/// <summary>Tells what the policy is worth, exactly, before it learns from an unroll.</summary>
internal sealed class ExactValueStage : IBatchStage
{
    private const string ValueTag = "exact_value/start";
    private const string ShareTag = "exact_value/share_of_planned";

    private readonly ExactValueSettings _settings;
    private readonly ITabularModel _model;
    private readonly float _discount;
    private readonly double _planned;
    private readonly float[] _states; // [S]
    private readonly bool[] _starts;
    private readonly float[] _logits; // [S, A]
    private readonly float[] _values;
    private readonly double[] _policy; // [S, A]
    private long _unrolls;

    /// <summary>A stage before its first unroll.</summary>
    /// <param name="settings">How often.</param>
    /// <param name="model">The dynamics.</param>
    /// <param name="discount">γ.</param>
    public ExactValueStage(ExactValueSettings settings, ITabularModel model, float discount)
    {
        (_settings, _model, _discount) = (settings, model, discount);
        _planned = new PlannedPolicy(
            new PlannedReferenceSettings { Temperature = settings.Temperature, UniformShare = settings.UniformShare },
            model,
            discount,
            new Environments.Randomness.SeedSequence(0)
        ).StartValue;
        _states = [.. Enumerable.Range(0, model.StateCount).Select(state => (float)state)];
        _starts = new bool[model.StateCount];
        _logits = new float[model.StateCount * model.ActionCount];
        _values = new float[model.StateCount];
        _policy = new double[_logits.Length];
    }

    /// <inheritdoc/>
    public string Name => _settings.Name;

    /// <inheritdoc/>
    public IReadOnlyList<Column> Writes => [];

    /// <inheritdoc/>
    public IReadOnlyList<string> Tags { get; } = [ValueTag, ShareTag];

    /// <inheritdoc/>
    public void Prepare(UnrollEvaluator unroll, MetricAverages metrics)
    {
        if (_unrolls++ % _settings.Period != 0)
        {
            return;
        }
        unroll.Network.Unroll(1, _states, _starts, [], _logits, _values);
        int actions = _model.ActionCount;
        for (int first = 0; first < _logits.Length; first += actions)
        {
            Softmax(_logits.AsSpan(first, actions), _policy.AsSpan(first, actions));
        }
        double value = TabularPlanner.Evaluate(_model, _policy, _discount).StartValue;
        metrics.Add(ValueTag, value);
        metrics.Add(ShareTag, value / _planned); // not a number, and left out, where nothing is worth anything
    }

    /// <inheritdoc/>
    public void SaveState(StateDictionary state) => state.Set("unrolls", _unrolls);

    /// <inheritdoc/>
    public void LoadState(StateDictionary state) => _unrolls = state.Get("unrolls", 0L, long.MaxValue / 2);

    /// <inheritdoc/>
    public void Dispose() { }

    private static void Softmax(ReadOnlySpan<float> logits, Span<double> probabilities)
    {
        for (int i = 0; i < logits.Length; i++)
        {
            probabilities[i] = logits[i];
        }
        TensorPrimitives.Subtract(probabilities, TensorPrimitives.Max<double>(probabilities), probabilities);
        TensorPrimitives.SoftMax<double>(probabilities, probabilities);
    }
}
