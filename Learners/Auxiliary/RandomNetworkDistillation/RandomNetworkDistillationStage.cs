using System.Numerics.Tensors;
using Agents.Networks;
using Agents.Networks.Encoders;
using Agents.Programs;
using Environments.Randomness;
using Environments.Spaces;
using Environments.State;
using Environments.Wrappers;
using Learners.Batches;
using Learners.Engines;
using Learners.Metrics;
using Learners.Models;
using Learners.Objectives;
using Learners.Stages;

namespace Learners.Auxiliary;

/// <summary>
/// Adds to each reward how far a network is from predicting what a fixed random one says of the next observation (Burda et al. 2018, arXiv
/// 1810.12894). Owns both networks and the statistics.
/// </summary>
/// <remarks>
/// i = mean (g(x') − f(x'))², divided by the running deviation of its discounted sum, which goes on through ends of episodes. Observations are centred
/// and scaled by running statistics of their own and clipped to ±5. This is the form with one value: the bonus joins the task's rewards, and ends with
/// the episode. Whatever an unroll shows is paid by the network and statistics before it, and learned afterwards.
/// </remarks>
internal sealed class RandomNetworkDistillationStage : IBatchStage
{
    private const string Head = "features";
    private const string BonusTag = "rnd/bonus";
    private const string ErrorTag = "rnd/prediction_error";
    private const float Clip = 5;

    private readonly RandomNetworkDistillationSettings _settings;
    private readonly float _discount;
    private readonly ObservationFeatures _features;
    private readonly int _observationSize;
    private readonly NetworkSpec _spec;
    private readonly ProgramNetwork _target;
    private readonly Model _predictor;
    private readonly Batch _minibatch;
    private readonly Column _wanted;
    private readonly RunningStatistics _observations;
    private readonly RunningStatistics _returns = new(1);
    private readonly double[] _losses = new double[1];
    private float[] _next = []; // [N, ObservationSize]
    private float[] _raw = []; // [N, FeatureSize]
    private float[] _inputs = []; // [N, FeatureSize], normalised
    private float[] _told = []; // [N, K], by the target
    private float[] _predicted = []; // [N, K]
    private float[] _sums = []; // [B], discounted bonuses
    private float[] _sumsOfAll = []; // [N], those sums as they were after each step
    private float[] _errors = []; // [N]

    /// <summary>A stage before its first unroll.</summary>
    /// <param name="settings">Sizes and weights.</param>
    /// <param name="context">The run; observations are those of its network.</param>
    public RandomNetworkDistillationStage(RandomNetworkDistillationSettings settings, AuxiliaryContext context)
    {
        _settings = settings;
        _discount = context.Run.Settings.Agent.DiscountFactor;
        NetworkSpec agent = context.Run.Network;
        _features = agent.Plan.Features;
        _observationSize = agent.ObservationSize;
        // What is left of a box, or is one-hot, has lost its shape.
        Box? shaped = agent.ObservationSpace is Box box && box.Size == agent.FeatureSize ? box : null;
        var space = new Box(-Clip, Clip, shaped is null ? [agent.FeatureSize] : shaped.Shape);
        _spec = NetworkSpec.WithoutPolicy(
            space,
            new NetworkSettings
            {
                Encoder = shaped is null ? EncoderKind.Mlp : agent.Plan.Settings.Encoder,
                Convolutions = shaped is null ? null : agent.Plan.Settings.Convolutions,
                HiddenSizes = [settings.HiddenSize],
                Activation = Activation.Relu,
                Heads = [new HeadSettings { Name = Head, Size = settings.Features }],
            }
        );
        _target = new ProgramNetwork(_spec, Fresh(context.Seed.Child(0)));
        IGradientEngine engine = GradientEngines.Create(context.Run.Settings.Engine, _spec, Fresh(context.Seed.Child(1)));
        var random = new Pcg64(context.Seed.Child(2));
        _predictor = new Model(engine, new ModelSettings(), ref random);
        _wanted = new Column($"{Name}.wanted", settings.Features, RowSpace.Rows);
        var objective = new DistillationObjective(_wanted);
        _predictor.Use([objective]);
        int rows = Math.Min(settings.BatchSize, context.Run.Settings.Agent.StepsPerUnroll);
        _minibatch = Minibatch.Create(_spec, [objective], rows);
        _observations = new RunningStatistics(agent.FeatureSize);
    }

    /// <inheritdoc/>
    public string Name => _settings.Name;

    /// <inheritdoc/>
    public IReadOnlyList<Column> Writes { get; } = [Column.Rewards];

    /// <inheritdoc/>
    public IReadOnlyList<string> Tags => [BonusTag, ErrorTag];

    /// <inheritdoc/>
    public void Prepare(UnrollEvaluator unroll, MetricAverages metrics)
    {
        int rows = unroll.Batch.Count;
        Grow(rows, unroll.Batch.Sequences);
        unroll.ReadNextObservations(_next);
        _features.EncodeRows(_next, _raw);
        if (_observations.Count < 1)
        {
            _observations.Update(_raw.AsSpan(0, rows * _observations.Size)); // nothing was seen yet
        }
        Normalize(rows);
        Evaluate(_target, _told, rows);
        Evaluate(_predictor.Network, _predicted, rows);
        Span<float> errors = _errors.AsSpan(0, rows);
        double sum = 0;
        for (int row = 0; row < rows; row++)
        {
            errors[row] = Error(row);
            sum += errors[row];
        }
        metrics.Add(ErrorTag, sum / rows);
        int copies = unroll.Batch.Sequences;
        for (int row = 0; row < rows; row++)
        {
            _sums[row % copies] = _discount * _sums[row % copies] + errors[row];
            _sumsOfAll[row] = _sums[row % copies];
        }
        _returns.Update(_sumsOfAll.AsSpan(0, rows));
        var scale = (float)(1 / Math.Sqrt(_returns.Variance[0] + RunningStatistics.Epsilon));
        metrics.Add(BonusTag, sum / rows * scale);
        Span<float> rewards = unroll.Batch[Column.Rewards].AsSpan(0, rows);
        for (int row = 0; row < rows; row++)
        {
            rewards[row] += _settings.Weight * scale * errors[row];
        }
    }

    /// <inheritdoc/>
    public void Learn(UnrollEvaluator unroll, double progress, MetricAverages metrics)
    {
        int rows = unroll.Batch.Count;
        _observations.Update(_raw.AsSpan(0, rows * _observations.Size));
        Normalize(rows);
        Evaluate(_target, _told, rows);
        int size = _spec.FeatureSize;
        int width = _settings.Features;
        // What is left over at the end of an unroll waits for no other: the last step takes the rows that end with the last one.
        for (int first = 0; first < rows; first += _minibatch.Count)
        {
            int from = Math.Min(first, rows - _minibatch.Count);
            _inputs.AsSpan(from * size, _minibatch.Count * size).CopyTo(_minibatch[Column.Features(_spec)]);
            _told.AsSpan(from * width, _minibatch.Count * width).CopyTo(_minibatch[_wanted]);
            _predictor.Gradient(_minibatch, progress, _losses, []);
            _predictor.Clip();
            _predictor.Step(_settings.LearningRate);
        }
    }

    /// <inheritdoc/>
    /// <remarks>The target network follows from the run's seed.</remarks>
    public void SaveState(StateDictionary state)
    {
        _predictor.SaveState(state.Scope("predictor"));
        _observations.SaveState(state.Scope("observations"));
        _returns.SaveState(state.Scope("returns"));
        state.Set<float>("sums", _sums);
    }

    /// <inheritdoc/>
    public void LoadState(StateDictionary state)
    {
        _predictor.LoadState(state.Scope("predictor"));
        _observations.LoadState(state.Scope("observations"));
        _returns.LoadState(state.Scope("returns"));
        _sums = state.GetArray<float>("sums");
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _target.Dispose();
        _predictor.Dispose();
    }

    private float Error(int row)
    {
        ReadOnlySpan<float> told = _told.AsSpan(row * _settings.Features, _settings.Features);
        ReadOnlySpan<float> predicted = _predicted.AsSpan(row * _settings.Features, _settings.Features);
        double squares = 0;
        for (int i = 0; i < told.Length; i++)
        {
            double difference = told[i] - predicted[i];
            squares += difference * difference;
        }
        return (float)(squares / told.Length);
    }

    private float[] Fresh(SeedSequence seed)
    {
        var random = new Pcg64(seed);
        return ParameterInitializer.Create(new ParameterLayout(_spec), ref random);
    }

    private void Normalize(int rows)
    {
        Span<float> inputs = _inputs.AsSpan(0, rows * _observations.Size);
        _observations.Normalize(_raw.AsSpan(0, inputs.Length), inputs);
        TensorPrimitives.Clamp(inputs, -Clip, Clip, inputs);
    }

    private void Evaluate(IActorCriticNetwork network, float[] destination, int rows) =>
        network.UnrollHeads(1, _inputs.AsSpan(0, rows * _spec.FeatureSize), [], [], [new HeadRows(Head, destination)]);

    private void Grow(int rows, int copies)
    {
        if (_sums.Length != copies)
        {
            _sums = new float[copies];
        }
        if (_sumsOfAll.Length >= rows)
        {
            return;
        }
        _next = new float[rows * _observationSize];
        _raw = new float[rows * _observations.Size];
        _inputs = new float[_raw.Length];
        _told = new float[rows * _settings.Features];
        _predicted = new float[_told.Length];
        _sumsOfAll = new float[rows];
        _errors = new float[rows];
    }

    /// <summary>Mean squared distance from what the target network says.</summary>
    private sealed class DistillationObjective(Column wanted) : Objective
    {
        public override string Name => "prediction_error";

        public override IReadOnlyList<Column> Reads => [wanted];

        public override Value Loss(NetworkEvaluation evaluation) =>
            (evaluation[Head] - evaluation[wanted]).Square().SumColumns().Mean() * (1f / wanted.Width);
    }
}
