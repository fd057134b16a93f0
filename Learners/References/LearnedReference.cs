using Agents.Distributions;
using Agents.Networks;
using Agents.Networks.Encoders;
using Agents.Policies;
using Agents.Programs;
using Environments.Randomness;
using Environments.State;
using Environments.Wrappers;
using Learners.Batches;
using Learners.Composition;
using Learners.Engines;
using Learners.Metrics;
using Learners.Models;
using Learners.Objectives;
using Learners.Stages;
using Protos;

namespace Learners.References;

/// <summary>A policy that learns from what the agent does, and a copy of it that lags, which is what others are told. Owns its model.</summary>
internal sealed class LearnedReference : ReferencePolicy
{
    private readonly LearnedReferenceSettings _settings;
    private readonly string _lossTag;
    private readonly ActionDistribution _family;
    private readonly Model _model;
    private readonly SequencePass _pass;
    private readonly Column _wanted;
    private readonly double[] _losses = new double[1];
    private readonly ObservationTransform? _inputs; // of the policy that it goes on from; null reads what the agent reads
    private readonly RunningStatistics? _statistics;
    private readonly TaskSettings? _task;
    private Batch? _minibatch;
    private float[] _observations = []; // transformed
    private float[] _finals = [];
    private float[] _features = []; // [N, FeatureSize]
    private float[] _coreState = []; // of the lagging copy
    private float[] _logProbs = [];
    private float[] _initialState = []; // before the latest unroll

    /// <summary>A policy before its first unroll.</summary>
    /// <param name="settings">Network and steps.</param>
    /// <param name="context">The run.</param>
    /// <param name="start">The policy that it goes on from; null for fresh parameters. Not owned.</param>
    public LearnedReference(LearnedReferenceSettings settings, ReferenceContext context, SavedPolicy? start)
    {
        _settings = settings;
        _lossTag = $"{context.Key.Split('.')[0]}/loss";
        NetworkSpec agent = context.Network;
        NetworkSpec spec = start?.ActingNetwork.Spec ?? SpecOf(settings.Network, agent);
        var random = new Pcg64(context.Seed.Child(0));
        float[] parameters = start?.Parameters.ToArray() ?? ParameterInitializer.Create(new ParameterLayout(spec), ref random);
        if (start is not null)
        {
            (_inputs, _statistics, _task) = (start.ActingNetwork.Inputs, start.Statistics, start.Info);
        }
        IGradientEngine engine = GradientEngines.Create(context.Settings.Engine, spec, parameters);
        var options = new ModelSettings { Optimizer = settings.Optimizer, Target = new TargetRule(settings.TargetPeriod) };
        _model = new Model(engine, options, ref random);
        _family = spec.Distribution;
        _wanted = new Column("agent_distributions", _family.ParameterSize, RowSpace.Rows);
        _model.Use([new ImitationObjective(_wanted)]);
        _pass = new SequencePass(
            _model.Target!.Network.Unroll,
            spec.CoreStateSize,
            _family.ParameterSize,
            context.WithNext,
            withValues: false // nobody learns them
        );
    }

    /// <inheritdoc/>
    public override float[] Distributions => _pass.Distributions;

    /// <inheritdoc/>
    public override float[] NextDistributions => _pass.NextDistributions;

    /// <inheritdoc/>
    public override IReadOnlyList<string> Tags => [_lossTag];

    private NetworkSpec Spec => _model.Spec;

    /// <inheritdoc/>
    public override void Evaluate(UnrollEvaluator unroll)
    {
        Unroll steps = unroll.Unroll;
        (float[] observations, float[] finals) = InputsOf(unroll);
        int size = steps.Copies * Spec.CoreStateSize;
        if (_coreState.Length != size)
        {
            _coreState = new float[size];
        }
        _initialState = [.. _coreState];
        _pass.Run(steps, observations.AsSpan(0, (steps.Steps + 1) * steps.Copies * Spec.ObservationSize), finals, _coreState);
        Smooth(_family, Distributions, _settings.UniformShare);
        Smooth(_family, NextDistributions, _settings.UniformShare);
    }

    /// <inheritdoc/>
    public override void Learn(UnrollEvaluator unroll, double progress, MetricAverages metrics)
    {
        if (_settings.LearningRate == 0)
        {
            return;
        }
        Unroll steps = unroll.Unroll;
        int rows = steps.Steps * steps.Copies;
        bool remembers = Spec.CoreStateSize > 0;
        Batch minibatch = _minibatch ??= Minibatch.Create(
            Spec,
            [new ImitationObjective(_wanted)],
            remembers ? rows : Math.Min(_settings.BatchSize, rows),
            remembers ? steps.Steps : 1
        );
        if (_features.Length < rows * Spec.FeatureSize)
        {
            _features = new float[rows * Spec.FeatureSize];
        }
        Spec.Plan.Features.EncodeRows(InputsOf(unroll).Observations.AsSpan(0, rows * Spec.ObservationSize), _features);
        for (int epoch = 0; epoch < _settings.Epochs; epoch++)
        {
            // What is left over at the end of an unroll waits for no other: the last step takes the rows that end with the last one.
            for (int first = 0; first < rows; first += minibatch.Count)
            {
                Fill(minibatch, unroll, Math.Min(first, rows - minibatch.Count), remembers);
                _model.Gradient(minibatch, progress, _losses, _logProbs);
                _model.Clip();
                _model.Step(_settings.LearningRate);
                metrics.Add(_lossTag, _losses[0]);
            }
        }
        _model.Target!.Follow(_model.Parameters(ParameterRole.Learned));
    }

    /// <inheritdoc/>
    public override PolicyBeside Export() =>
        new(Spec, _model.Parameters(ParameterRole.Evaluated).ToArray()) { Task = _task, Statistics = _statistics };

    /// <inheritdoc/>
    public override void SaveState(StateDictionary state)
    {
        _model.SaveState(state);
        state.Set<float>("core_state", _coreState);
    }

    /// <inheritdoc/>
    public override void LoadState(StateDictionary state)
    {
        _model.LoadState(state);
        _coreState = state.GetArray<float>("core_state");
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        _model.Dispose();
        base.Dispose();
    }

    /// <summary>The network of a fresh policy: one trunk, since nobody learns its values, and the agent's scale of actions.</summary>
    /// <param name="settings">As they are given.</param>
    /// <param name="agent">The agent's network.</param>
    public static NetworkSpec SpecOf(NetworkSettings settings, NetworkSpec agent) =>
        new(agent.ObservationSpace, agent.ActionSpace, settings with { SharedTrunk = true, ScaleActions = agent.ScalesActions });

    private (float[] Observations, float[] Finals) InputsOf(UnrollEvaluator unroll)
    {
        if (_inputs is null)
        {
            return (unroll.Observations, unroll.FinalObservations);
        }
        Unroll steps = unroll.Unroll;
        ReadOnlySpan<float> raw = steps.Observations.Read(steps.EpisodeStarts);
        int finals = steps.FinalRows.Count * Spec.ObservationSize;
        if (_observations.Length < raw.Length)
        {
            _observations = new float[raw.Length];
        }
        if (_finals.Length < finals)
        {
            _finals = new float[finals];
        }
        _inputs.Apply(raw, _observations);
        for (int i = 0; i < steps.FinalRows.Count; i++)
        {
            Span<float> row = _finals.AsSpan(i * Spec.ObservationSize, Spec.ObservationSize);
            steps.ReadFinalObservation(i, row);
            _inputs.Apply(row, row);
        }
        return (_observations, _finals);
    }

    private void Fill(Batch minibatch, UnrollEvaluator unroll, int first, bool remembers)
    {
        int count = minibatch.Count;
        _features.AsSpan(first * Spec.FeatureSize, count * Spec.FeatureSize).CopyTo(minibatch[Column.Features(Spec)]);
        int width = _family.ParameterSize;
        unroll.Distributions.AsSpan(first * width, count * width).CopyTo(minibatch[_wanted]);
        unroll
            .Unroll.Actions.AsSpan(first * _family.ActionSize, count * _family.ActionSize)
            .CopyTo(minibatch[Column.Actions(Spec)]);
        if (_logProbs.Length != count)
        {
            _logProbs = new float[count];
        }
        if (remembers)
        {
            unroll.Unroll.EpisodeStarts.AsSpan(0, count).CopyTo(minibatch.EpisodeStarts);
            _initialState.CopyTo(minibatch[Column.InitialCoreState(Spec)], 0);
        }
    }

    /// <summary>Mean KL(agent ‖ this policy), which is maximum likelihood of what the agent does.</summary>
    private sealed class ImitationObjective(Column wanted) : Objective
    {
        public override string Name => "imitation";

        public override IReadOnlyList<Column> Reads => [wanted];

        public override Value Loss(NetworkEvaluation evaluation) =>
            evaluation.Mean(evaluation.Distribution.Divergence(evaluation[wanted], evaluation.Distributions));
    }
}
