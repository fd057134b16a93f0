using Agents.Programs;
using Environments.State;
using Learners.Batches;
using Learners.Composition;
using Learners.Metrics;
using Learners.Objectives;
using Learners.Stages;

namespace Learners.Auxiliary;

/// <summary>Pays what a saved network says, and takes the weight from steps in which a guide acted. Owns the network.</summary>
internal sealed class NeuralRewardStage : IBatchStage
{
    private const string RewardTag = "neural_reward/reward";
    private const string ShareTag = "neural_reward/paid_share";
    private const string GuidedTag = "neural_reward/guided_share";

    private readonly NeuralRewardSettings _settings;
    private readonly RewardNetwork _network;
    private readonly GuideClock? _clock;
    private readonly Column _paid = new("neural_reward.paid");
    private readonly int _observationSize;
    private float[] _observations = [];
    private bool[] _guided = [];

    /// <summary>A stage before its first unroll.</summary>
    /// <param name="settings">Which network, and how much it pays.</param>
    /// <param name="run">The run.</param>
    public NeuralRewardStage(NeuralRewardSettings settings, LearnerContext run)
    {
        _settings = settings;
        RewardNetwork.RequireSum(settings.Path, settings.WeightsSha256, settings.Name);
        _network = RewardNetwork.Load(settings.Path, run.Network);
        _observationSize = run.Network.ObservationSize;
        _clock = settings.Guide is { } guide ? GuideClock.Of(guide, run.Settings) : null;
    }

    /// <inheritdoc/>
    public string Name => _settings.Name;

    /// <summary>Losses that go with it.</summary>
    public IReadOnlyList<Objective> Objectives =>
        AddsEntropy || _clock is not null
            ? [new PaidEntropyObjective(_settings.PaidEntropyCoefficient, _paid, isWeighted: _clock is not null)]
            : [];

    /// <inheritdoc/>
    public IReadOnlyList<Column> Writes =>
        [
            Column.Rewards,
            .. AddsEntropy || _clock is not null ? [_paid] : (Column[])[],
            .. _clock is null ? (Column[])[] : [Column.SampleWeights],
        ];

    /// <inheritdoc/>
    public IReadOnlyList<string> Tags => _clock is null ? [RewardTag, ShareTag] : [RewardTag, ShareTag, GuidedTag];

    private bool AddsEntropy => _settings.PaidEntropyCoefficient > 0;

    /// <inheritdoc/>
    public void Prepare(UnrollEvaluator unroll, MetricAverages metrics)
    {
        int rows = unroll.Batch.Count;
        if (_observations.Length < rows * _observationSize)
        {
            _observations = new float[rows * _observationSize];
            _guided = new bool[rows];
        }
        Span<float> observations = _observations.AsSpan(0, rows * _observationSize);
        Read(unroll, observations);
        ReadOnlySpan<float> said = _network.Evaluate(observations, rows);
        Span<float> rewards = unroll.Batch[Column.Rewards].AsSpan(0, rows);
        float[]? paid = unroll.Batch.Has(_paid) ? unroll.Batch[_paid] : null;
        double sum = 0;
        int paying = 0;
        for (int row = 0; row < rows; row++)
        {
            float reward = Math.Clamp(said[row], 0, _settings.Largest);
            sum += reward;
            paying += reward > 0 ? 1 : 0;
            // Added like what other stages write, which therefore stays; only the task's own share goes.
            rewards[row] = rewards[row] + (_settings.TaskWeight - 1) * unroll.Unroll.Rewards[row] + _settings.Weight * reward;
            paid?[row] = reward > 0 ? 1 : 0;
        }
        metrics.Add(RewardTag, sum / rows);
        metrics.Add(ShareTag, (double)paying / rows);
        if (_clock is not null)
        {
            Weigh(unroll, metrics);
        }
    }

    /// <inheritdoc/>
    public void SaveState(StateDictionary state) => _clock?.SaveState(state.Scope("clock"));

    /// <inheritdoc/>
    public void LoadState(StateDictionary state) => _clock?.LoadState(state.Scope("clock"));

    /// <inheritdoc/>
    public void Dispose() => _network.Dispose();

    private void Read(UnrollEvaluator unroll, Span<float> observations)
    {
        bool isNext = _settings.Reads switch
        {
            RewardedObservation.Next => true,
            RewardedObservation.Before => false,
        };
        if (isNext)
        {
            unroll.ReadNextObservations(observations);
            return;
        }
        unroll.Unroll.Observations.Read(unroll.Unroll.EpisodeStarts).AsSpan(0, observations.Length).CopyTo(observations);
    }

    // Means are over the steps that the agent took.
    private void Weigh(UnrollEvaluator unroll, MetricAverages metrics)
    {
        int rows = unroll.Batch.Count;
        int copies = unroll.Batch.Sequences;
        int guided = 0;
        for (int first = 0; first < rows; first += copies)
        {
            Span<bool> step = _guided.AsSpan(first, copies);
            _clock!.Advance(0, unroll.Unroll.EpisodeStarts.AsSpan(first, copies), step);
            guided += step.Count(true);
        }
        float weight = (float)rows / Math.Max(1, rows - guided);
        float[] weights = unroll.Batch[Column.SampleWeights];
        for (int row = 0; row < rows; row++)
        {
            weights[row] = _guided[row] ? 0 : weight;
        }
        metrics.Add(GuidedTag, (double)guided / rows);
    }
}

/// <summary>Rewards uncertainty where a network pays: minus the entropy of those steps, as a mean over all. Its metric is that mean.</summary>
/// <param name="coefficient">Weight of the bonus.</param>
/// <param name="paid">Whether a step is paid, 0 or 1.</param>
/// <param name="isWeighted">Whether samples count differently.</param>
internal sealed class PaidEntropyObjective(float coefficient, Column paid, bool isWeighted) : Objective
{
    /// <inheritdoc/>
    public override string Name => "paid_entropy";

    /// <inheritdoc/>
    public override IReadOnlyList<Column> Reads => isWeighted ? [paid, Column.SampleWeights] : [paid];

    /// <inheritdoc/>
    public override Value Weight(NetworkEvaluation evaluation) => evaluation.Graph.Constant(-coefficient);

    /// <inheritdoc/>
    public override Value Loss(NetworkEvaluation evaluation) => evaluation.Mean(evaluation[paid] * evaluation.Entropy);
}
