using Agents.Networks;
using Environments.Randomness;
using Learners.Batches;
using Learners.Composition;
using Learners.Engines;
using Learners.Metrics;
using Learners.Objectives;
using Learners.Optimizers;
using Learners.Optimizers.Kfac;
using Learners.Returns;
using Protos;

namespace Learners.ActorCritic;

/// <summary>Improves an actor-critic network from unrolls: advantages → minibatches → sum of objectives → gradient → optimiser.</summary>
/// <remarks>PPO and A2C differ only in the objectives and the schedule handed in. Owns network and optimiser state.</remarks>
internal sealed partial class ActorCriticLearner : ILearner
{
    private const string ReturnScaleTag = "losses/return_scale";

    // Updates between two measurements of what a step did to the policy.
    private const int ProbeInterval = 10;

    private readonly ActorCriticSettings _settings;
    private readonly UpdateSchedule _schedule;
    private readonly Objective[] _objectives;
    private readonly IAdaptiveObjective[] _adaptive;
    private readonly string[] _tags;
    private readonly IOptimizer _optimizer;
    private readonly Kfac? _kfac; // the optimiser, where it is this one
    private readonly KlProbe? _probe;
    private readonly IGradientEngine _engine;
    private readonly IExperienceSource _experience;
    private readonly TargetNetwork? _target;
    private readonly PopArt? _popArt;
    private readonly ParameterLayout _layout;
    private readonly UnrollEvaluator _evaluator;
    private readonly Batch _minibatch;
    private readonly Column _observations;
    private readonly Column _features;
    private readonly Column _initialCoreState;
    private readonly int _sequenceLength; // steps that are learned from
    private readonly int _burnIn; // steps before those
    private readonly BurnIn _warmUp;
    private readonly int[] _sequences;
    private readonly int[] _rows;
    private readonly double[] _losses;
    private readonly float[] _logProbs;
    private Pcg64 _random;

    /// <summary>A learner at its first update.</summary>
    /// <param name="engine">Network to train and its gradients; owned from here on.</param>
    /// <param name="settings">Discounts, weights, step size.</param>
    /// <param name="schedule">Epochs and minibatches.</param>
    /// <param name="objectives">Losses to add up.</param>
    /// <param name="random">Stream that shuffles samples.</param>
    /// <param name="experience">Where unrolls are pulled.</param>
    public ActorCriticLearner(
        IGradientEngine engine,
        ActorCriticSettings settings,
        UpdateSchedule schedule,
        Objective[] objectives,
        Pcg64 random,
        IExperienceSource experience
    )
    {
        _experience = experience;
        _settings = settings;
        _schedule = schedule;
        _objectives = objectives;
        _adaptive = [.. objectives.OfType<IAdaptiveObjective>()];
        _tags = [.. objectives.Select(objective => "losses/" + objective.Name)];
        if (_tags.Distinct().Count() < _tags.Length)
        {
            throw new ArgumentException(
                $"Two of the objectives {string.Join(", ", objectives.Select(objective => objective.Name))} have one name. Name each by itself.",
                nameof(objectives)
            );
        }
        _losses = new double[objectives.Length];
        _engine = engine;
        _optimizer = settings.Optimizer switch
        {
            OptimizerKind.RmsProp => new RmsProp(engine.Parameters.Length, settings.RmsProp),
            OptimizerKind.Sgd => new Sgd(engine.Parameters.Length, settings.Sgd),
            OptimizerKind.Kfac => new Kfac(
                new ParameterLayout(engine.Network.Spec),
                settings.Kfac,
                new Pcg64(random.NextUInt64())
            ),
            OptimizerKind.Adam => new Adam(engine.Parameters.Length, settings.Adam),
        };
        _layout = new ParameterLayout(engine.Network.Spec);
        _target = settings.TargetNetworkPeriod is { } period
            ? new TargetNetwork(engine.Network.Spec, engine.Parameters, period)
            : null;
        _popArt = settings.ReturnScaleRate is { } rate ? new PopArt(rate) : null;
        _kfac = _optimizer as Kfac;
        _probe = _kfac is null ? null : new KlProbe(engine.Network, settings.Kfac.CriticFisherScale);
        _evaluator = new UnrollEvaluator(engine.Network, withOldDistributions: _target is not null);
        // With a memory whole sequences stay together: a minibatch is a share of the copies instead of a share of the samples.
        bool recurrent = engine.Network.Spec.CoreStateSize > 0;
        _burnIn = recurrent ? settings.BurnIn : 0;
        _sequenceLength = recurrent ? settings.UnrollLength - _burnIn : 1;
        _warmUp = new BurnIn(engine.Network, _burnIn);
        _sequences = new int[recurrent ? settings.Copies : settings.StepsPerUnroll];
        NetworkSpec spec = engine.Network.Spec;
        _observations = Column.Observations(spec);
        _features = Column.Features(spec);
        _initialCoreState = Column.InitialCoreState(spec);
        _minibatch = Minibatch.Create(
            spec,
            objectives,
            _sequences.Length / schedule.Minibatches * _sequenceLength,
            _sequenceLength
        );
        engine.Use(objectives);
        _logProbs = new float[_minibatch.Count];
        _rows = new int[_minibatch.Count];
        _random = random;
    }

    /// <summary>All parameters, in the order of the layout.</summary>
    public ReadOnlySpan<float> Parameters => _engine.Parameters;

    /// <inheritdoc/>
    /// <remarks>The target network's where there is one, else the newest.</remarks>
    public ReadOnlySpan<float> ActingParameters => _target is null ? _engine.Parameters : _target.Parameters;

    /// <inheritdoc/>
    public IReadOnlyList<string> Tags =>
        [
            .. _objectives.SelectMany(
                (objective, i) => objective is IAdaptiveObjective adaptive ? [_tags[i], .. adaptive.Tags] : (string[])[_tags[i]]
            ),
            .. _popArt is null ? (string[])[] : [ReturnScaleTag],
            .. _kfac?.Diagnostics.Tags ?? [],
        ];

    /// <inheritdoc/>
    public long Updates { get; private set; }

    /// <summary>Number of the first update's draws, for noise such as dropout; each update has the next one.</summary>
    public ulong FirstDraw { private get; init; }

    /// <summary>Learns from one unroll.</summary>
    /// <param name="unroll">T × B samples, as many as the settings say.</param>
    /// <param name="progress">Share of the run's steps done before it, 0 to 1.</param>
    /// <param name="metrics">Receives losses, KL estimates, norms.</param>
    /// <exception cref="TrainingDivergedException">A gradient is no longer finite; parameters are as before that step.</exception>
    public void Update(Unroll unroll, double progress, MetricAverages metrics)
    {
        Prepare(unroll);
        if (_target is not null)
        {
            _evaluator.EvaluateOldPolicy(_target.Network);
        }
        if (_popArt is not null)
        {
            bool hadUnits = _popArt.HasStatistics;
            _popArt.Update(_evaluator.Returns, ValueHead(".weight", _engine.Parameters), ValueHead(".bias", _engine.Parameters));
            _engine.ParametersChanged();
            if (!hadUnits)
            {
                Prepare(unroll); // its values were in no units, and so were the returns that bootstrap from them
            }
            _evaluator.Normalize(_popArt);
            metrics.Add(ReturnScaleTag, _popArt.Scale);
        }
        float learningRate = Schedules.At(_settings.LearningRate, _settings.LearningRateSchedule, progress);
        metrics.Add("charts/learning_rate", learningRate);
        metrics.Add("losses/explained_variance", ExplainedVariance.Of(_evaluator.Values, _evaluator.Returns));

        for (int i = 0; i < _sequences.Length; i++)
        {
            _sequences[i] = i;
        }
        int perMinibatch = _sequences.Length / _schedule.Minibatches;
        for (int epoch = 0; epoch < _schedule.Epochs; epoch++)
        {
            if (_schedule.Minibatches > 1)
            {
                _random.Shuffle<int>(_sequences);
            }
            double kl = 0;
            for (int first = 0; first < _sequences.Length; first += perMinibatch)
            {
                FillRows(_sequences.AsSpan(first, perMinibatch));
                FillMinibatch();
                _warmUp.Advance(_evaluator, _sequences.AsSpan(first, perMinibatch), _minibatch[_initialCoreState]);
                kl += UpdateOnce(learningRate, progress, metrics) / _schedule.Minibatches;
            }
            if (_schedule.TargetKl > 0 && kl > _schedule.TargetKl)
            {
                break;
            }
        }
        _target?.Follow(_engine.Parameters);
    }

    private void Prepare(Unroll unroll) =>
        _evaluator.Prepare(unroll, _settings.DiscountFactor, _settings.Lambda, _settings.OffPolicyClips, _popArt);

    // Rows t × B + b of whole sequences b behind the burn-in, time-major; or single rows, where a sequence is one.
    private void FillRows(ReadOnlySpan<int> sequences)
    {
        for (int t = 0; t < _sequenceLength; t++)
        {
            for (int i = 0; i < sequences.Length; i++)
            {
                _rows[t * sequences.Length + i] = (_burnIn + t) * _sequences.Length + sequences[i];
            }
        }
    }

    private void FillMinibatch()
    {
        _minibatch.Gather(_evaluator.Batch, _rows);
        if (_minibatch[_observations] != _minibatch[_features])
        {
            int size = _rows.Length * _observations.Width;
            _engine.Network.Spec.Plan.Features.EncodeRows(_minibatch[_observations].AsSpan(0, size), _minibatch[_features]);
        }
        if (_settings.NormalizeAdvantages)
        {
            AdvantageScale.Normalize(_minibatch[Column.Advantages].AsSpan(0, _rows.Length));
        }
    }

    /// <summary>One optimiser step on the current minibatch; returns the KL estimate before it.</summary>
    private double UpdateOnce(float learningRate, double progress, MetricAverages metrics)
    {
        foreach (IAdaptiveObjective objective in _adaptive)
        {
            objective.Begin(_minibatch);
        }
        _engine.Backward(_minibatch, progress, _losses, _logProbs, _kfac?.BeginUpdate(), FirstDraw + (ulong)Updates);
        for (int i = 0; i < _objectives.Length; i++)
        {
            metrics.Add(_tags[i], _losses[i]);
        }
        double kl = KlEstimates(_logProbs, _schedule.ClipRangeAt(progress), metrics);
        float norm = GlobalNorm.Clip(
            _engine.Gradient,
            _settings.MaxGradientNorm > 0 && _kfac is null ? _settings.MaxGradientNorm : float.PositiveInfinity
        );
        if (!float.IsFinite(norm))
        {
            throw new TrainingDivergedException(
                $"The gradient stopped being finite at update {Updates + 1}. Lower the learning rate, or normalise observations and rewards."
            );
        }
        bool probes = _probe is not null && Updates % ProbeInterval == 0;
        if (probes)
        {
            _probe!.Before(_minibatch);
        }
        _optimizer.Update(_engine.Parameters, _engine.Gradient, learningRate);
        _engine.ParametersChanged();
        if (probes)
        {
            _probe!.After(_minibatch, metrics);
        }
        _kfac?.Diagnostics.Report(metrics);
        Updates++;
        for (int i = 0; i < _objectives.Length; i++)
        {
            (_objectives[i] as IAdaptiveObjective)?.End(_losses[i], metrics);
        }
        metrics.Add("losses/gradient_norm", norm);
        return kl;
    }

    // Schulman's estimators k1 and k3 of KL(behaviour ‖ target), and the share of ratios beyond the clip range, from the log-probs of this minibatch.
    private double KlEstimates(ReadOnlySpan<float> logProbs, double clip, MetricAverages metrics)
    {
        ReadOnlySpan<float> behaviour = _minibatch[Column.BehaviourLogProbs];
        double k1 = 0;
        double k3 = 0;
        int clipped = 0;
        for (int i = 0; i < logProbs.Length; i++)
        {
            double logRatio = logProbs[i] - behaviour[i];
            double ratio = Math.Exp(logRatio);
            k1 -= logRatio;
            k3 += ratio - 1 - logRatio;
            clipped += Math.Abs(ratio - 1) > clip ? 1 : 0;
        }
        metrics.Add("losses/old_approx_kl", k1 / logProbs.Length);
        metrics.Add("losses/approx_kl", k3 / logProbs.Length);
        metrics.Add("losses/clipfrac", (double)clipped / logProbs.Length);
        return k3 / logProbs.Length;
    }

    private Span<float> ValueHead(string part, Span<float> parameters) =>
        _layout[_engine.Network.Spec.Heads.First(head => head.Name == Head.Value).Path + part].In(parameters);
}
