using Agents.Networks;
using Agents.Programs;
using Environments.Randomness;
using Environments.Spaces;
using Environments.State;
using Learners.Auxiliary;
using Learners.Batches;
using Learners.Composition;
using Learners.Engines;
using Learners.Models;
using Learners.Objectives;

namespace Learners.Skills;

/// <summary>Teaches a reward network to like what exploration reached and to dislike what is known. Owns network and optimiser.</summary>
/// <remarks>
/// L = mean over P of (R − c)² + mean over N ∪ O of (R + c)², or with a mean for each of N and O (Meier and Mujika 2022). At one observation that makes up the
/// shares p, n and o of the three its minimum is c (p − n/2 − o/2) / (p + n/2 + o/2), or c (p − n − o) / (p + n + o).
/// </remarks>
internal sealed class RewardTrainer : IDisposable, ISavable
{
    private static readonly Column Wanted = new("wanted_rewards");

    private readonly RewardTrainingSettings _settings;
    private readonly Model _model;
    private readonly Batch _batch;
    private readonly BoundedScale _scale;
    private readonly int _observationSize;
    private readonly double[] _losses = new double[1];

    /// <summary>A trainer of a fresh network.</summary>
    /// <param name="settings">Layers and losses.</param>
    /// <param name="observations">What is rewarded, as the agent's network is given it.</param>
    /// <param name="seed">Seed of the first parameters.</param>
    public RewardTrainer(RewardTrainingSettings settings, Space observations, SeedSequence seed)
    {
        _settings = settings;
        _observationSize = observations.Size;
        _scale = BoundedScale.Of(observations);
        NetworkSpec spec = RewardNetwork.SpecOf(observations, settings.Network);
        var random = new Pcg64(seed);
        IGradientEngine engine = GradientEngines.Create(
            EngineKind.Auto,
            spec,
            ParameterInitializer.Create(new ParameterLayout(spec), ref random)
        );
        _model = new Model(engine, new ModelSettings(), ref random);
        var objective = new RewardObjective();
        _model.Use([objective]);
        _batch = Minibatch.Create(spec, [objective], 3 * settings.BatchSize);
    }

    /// <summary>Steps taken so far.</summary>
    public long Updates => _model.Updates;

    /// <summary>Takes the steps that lie between two skills.</summary>
    /// <param name="positives">P, <c>[·, ObservationSize]</c>; where there are none, only the negatives are learned.</param>
    /// <param name="negatives">N, the same.</param>
    /// <param name="old">O, the same.</param>
    /// <param name="random">Draws the samples.</param>
    /// <returns>Mean loss over the last tenth of the steps.</returns>
    public double Train(ReadOnlySpan<float> positives, ReadOnlySpan<float> negatives, ReadOnlySpan<float> old, ref Pcg64 random)
    {
        int last = Math.Max(1, _settings.Updates / 10);
        double sum = 0;
        // Of three parts in one mean; a part that stands alone shares with none.
        bool isShared = _settings is { SharedMean: true, PresentNegatives: true, OldNegatives: true };
        float negative = isShared ? 1.5f : 3;
        for (int update = 0; update < _settings.Updates; update++)
        {
            Fill(0, positives, _settings.Target, 3, ref random);
            Fill(1, _settings.PresentNegatives ? negatives : [], -_settings.Target, negative, ref random);
            Fill(2, _settings.OldNegatives ? old : [], -_settings.Target, negative, ref random);
            NetworkSpec spec = _model.Spec;
            if (!spec.Plan.Features.AreObservations)
            {
                spec.Plan.Features.EncodeRows(
                    _batch[Column.Observations(spec)].AsSpan(0, _batch.Count * _observationSize),
                    _batch[Column.Features(spec)].AsSpan(0, _batch.Count * spec.FeatureSize)
                );
            }
            _model.Gradient(_batch, 0, _losses, []);
            _model.Clip();
            _model.Step(_settings.LearningRate);
            sum += update >= _settings.Updates - last ? _losses[0] : 0;
        }
        return sum / last;
    }

    /// <summary>The network as it is now.</summary>
    /// <param name="seed">Seed of the discovery.</param>
    public SavedNetwork ToNetwork(ulong seed) =>
        new(RewardNetwork.Task, _model.Spec, _model.Parameters(ParameterRole.Learned), _model.Updates, seed);

    /// <inheritdoc/>
    public void SaveState(StateDictionary state) => _model.SaveState(state);

    /// <inheritdoc/>
    public void LoadState(StateDictionary state) => _model.LoadState(state);

    /// <inheritdoc/>
    public void Dispose() => _model.Dispose();

    // A third of the batch; one without samples counts nothing.
    private void Fill(int part, ReadOnlySpan<float> rows, float target, float weight, ref Pcg64 random)
    {
        int size = _observationSize;
        int count = rows.Length / size;
        int first = part * _settings.BatchSize;
        Span<float> observations = _batch[Column.Observations(_model.Spec)].AsSpan(first * size, _settings.BatchSize * size);
        observations.Clear();
        for (int i = 0; count > 0 && i < _settings.BatchSize; i++)
        {
            rows.Slice(random.NextInt(0, count) * size, size).CopyTo(observations[(i * size)..]);
        }
        _scale.Apply(observations, observations);
        _batch[Wanted].AsSpan(first, _settings.BatchSize).Fill(target);
        _batch[Column.SampleWeights].AsSpan(first, _settings.BatchSize).Fill(count > 0 ? weight : 0);
    }

    /// <summary>Mean squared distance from the target.</summary>
    private sealed class RewardObjective : Objective
    {
        public override string Name => "reward_loss";

        public override IReadOnlyList<Column> Reads { get; } = [Wanted, Column.SampleWeights];

        public override Value Loss(NetworkEvaluation evaluation) =>
            evaluation.Mean((evaluation[RewardNetwork.Head] - evaluation[Wanted]).Square());
    }
}
