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
/// Pays each step how far a network is from predicting what a fixed random one says of the next observation (Burda et al. 2018, arXiv
/// 1810.12894). Owns both networks and the statistics.
/// </summary>
/// <remarks>
/// i = mean (g(x') − f(x'))². Of a stack of frames both networks read the newest one alone, as in the paper. Observations are centred and scaled by running statistics of their own and clipped to ±5. Whatever an unroll shows is paid by
/// the network and statistics before it, and learned afterwards, in several passes: one alone leaves what was seen a thousand times little less new than
/// what never was.
/// </remarks>
internal sealed class RandomNetworkDistillationStage : IntrinsicStage
{
    private const string Head = "features";
    private const string Prefix = "rnd";
    private const string ErrorTag = $"{Prefix}/prediction_error";
    private const float Clip = 5;

    private readonly RandomNetworkDistillationSettings _settings;
    private readonly NewestFrame _frame;
    private readonly ObservationFeatures _features; // of a frame
    private readonly int _observationSize;
    private readonly NetworkSpec _spec; // of the predictor; the target reads the same
    private readonly ProgramNetwork _target;
    private readonly Model _predictor;
    private readonly Batch _minibatch;
    private readonly Column _wanted;
    private readonly RunningStatistics _observations;
    private readonly double[] _losses = new double[1];
    private bool _isCounted; // whether the statistics hold the unroll at hand
    private float[] _next = []; // [N, ObservationSize]
    private float[] _raw = []; // [N, FeatureSize]
    private float[] _inputs = []; // [N, FeatureSize], normalised
    private float[] _told = []; // [N, K], by the target
    private float[] _predicted = []; // [N, K]

    /// <summary>A stage before its first unroll.</summary>
    /// <param name="settings">Sizes and weights.</param>
    /// <param name="context">The run; observations are those of its network.</param>
    public RandomNetworkDistillationStage(RandomNetworkDistillationSettings settings, AuxiliaryContext context)
        : base(settings, context, Prefix)
    {
        _settings = settings;
        NetworkSpec agent = context.Run.Network;
        _frame = new NewestFrame(agent, context.Run.Settings.Wrappers.FrameStack);
        EncoderPlan plan = _frame.Plan;
        _features = plan.Features;
        _observationSize = agent.ObservationSize;
        // What is left of a box, or is one-hot, has lost its shape.
        Box? shaped = _frame.Space is Box box && box.Size == _features.Size ? box : null;
        var space = new Box(-Clip, Clip, shaped is null ? [_features.Size] : shaped.Shape);
        NetworkSpec target = WithLayers(1);
        _spec = WithLayers(1 + settings.PredictorLayers);
        _target = new ProgramNetwork(target, Fresh(target, context.Seed.Child(0)));
        IGradientEngine engine = GradientEngines.Create(context.Run.Settings.Engine, _spec, Fresh(_spec, context.Seed.Child(1)));
        var random = new Pcg64(context.Seed.Child(2));
        _predictor = new Model(engine, new ModelSettings(), ref random);
        _wanted = new Column($"{settings.Name}.wanted", settings.Features, RowSpace.Rows);
        var objective = new PredictionErrorObjective(Head, _wanted);
        _predictor.Use([objective]);
        int rows = Math.Min(settings.BatchSize, context.Run.Settings.Agent.StepsPerUnroll);
        _minibatch = Minibatch.Create(_spec, [objective], rows);
        _observations = new RunningStatistics(_features.Size);

        NetworkSpec WithLayers(int layers) =>
            NetworkSpec.WithoutPolicy(
                space,
                new NetworkSettings
                {
                    Encoder = shaped is null ? EncoderKind.Mlp : plan.Settings.Encoder,
                    Convolutions = shaped is null ? null : plan.Settings.Convolutions,
                    HiddenSizes = [.. Enumerable.Repeat(settings.HiddenSize, layers)],
                    Activation = Activation.Relu,
                    Heads = [new HeadSettings { Name = Head, Size = settings.Features }],
                }
            );
    }

    /// <inheritdoc/>
    protected override IReadOnlyList<string> OwnTags => [ErrorTag];

    /// <inheritdoc/>
    protected override void Measure(UnrollEvaluator unroll, Span<float> bonuses, MetricAverages metrics)
    {
        int rows = bonuses.Length;
        Grow(rows);
        unroll.ReadNextObservations(_next);
        _features.EncodeRows(_frame.Of(_next), _raw);
        _isCounted = _observations.Count < 1;
        if (_isCounted)
        {
            _observations.Update(_raw.AsSpan(0, rows * _observations.Size)); // nothing was seen yet
        }
        Normalize(rows);
        Evaluate(_target, _told, rows);
        Evaluate(_predictor.Network, _predicted, rows);
        for (int row = 0; row < rows; row++)
        {
            bonuses[row] = Error(row);
        }
        metrics.Add(ErrorTag, TensorPrimitives.Sum<float>(bonuses) / rows);
    }

    /// <inheritdoc/>
    public override void Learn(UnrollEvaluator unroll, double progress, MetricAverages metrics)
    {
        int rows = unroll.Batch.Count;
        if (!_isCounted)
        {
            _observations.Update(_raw.AsSpan(0, rows * _observations.Size));
        }
        Normalize(rows);
        Evaluate(_target, _told, rows);
        for (int epoch = 0; epoch < _settings.Epochs; epoch++)
        {
            LearnOnce(rows, progress);
        }
    }

    /// <inheritdoc/>
    /// <remarks>The target network follows from the run's seed.</remarks>
    protected override void SaveOwnState(StateDictionary state)
    {
        _predictor.SaveState(state.Scope("predictor"));
        _observations.SaveState(state.Scope("observations"));
    }

    /// <inheritdoc/>
    protected override void LoadOwnState(StateDictionary state)
    {
        _predictor.LoadState(state.Scope("predictor"));
        _observations.LoadState(state.Scope("observations"));
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        _target.Dispose();
        _predictor.Dispose();
    }

    // What is left over at the end of an unroll waits for no other: the last step takes the rows that end with the last one.
    private void LearnOnce(int rows, double progress)
    {
        int size = _spec.FeatureSize;
        int width = _settings.Features;
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

    private static float[] Fresh(NetworkSpec spec, SeedSequence seed)
    {
        var random = new Pcg64(seed);
        return ParameterInitializer.Create(new ParameterLayout(spec), ref random);
    }

    private void Normalize(int rows)
    {
        Span<float> inputs = _inputs.AsSpan(0, rows * _observations.Size);
        _observations.Normalize(_raw.AsSpan(0, inputs.Length), inputs);
        TensorPrimitives.Clamp(inputs, -Clip, Clip, inputs);
    }

    private void Evaluate(IActorCriticNetwork network, float[] destination, int rows) =>
        network.UnrollHeads(1, _inputs.AsSpan(0, rows * _spec.FeatureSize), [], [], [new HeadRows(Head, destination)]);

    private void Grow(int rows)
    {
        if (_next.Length >= rows * _observationSize)
        {
            return;
        }
        _next = new float[rows * _observationSize];
        _raw = new float[rows * _observations.Size];
        _inputs = new float[_raw.Length];
        _told = new float[rows * _settings.Features];
        _predicted = new float[_told.Length];
    }
}
