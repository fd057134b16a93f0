using Agents.Networks;
using Environments.Randomness;
using Learners.Batches;
using Learners.Composition;
using Learners.Engines;
using Learners.Metrics;
using Learners.Models;
using Learners.Objectives;
using Learners.Optimizers.Kfac;
using Learners.Returns;
using Learners.Stages;
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
    private readonly IBatchStage[] _stages;
    private readonly string[] _tags;
    private readonly GivenNumber[] _given;
    private readonly Model _model;
    private readonly Kfac? _kfac; // what gathers curvature, where the optimiser needs it
    private readonly KlProbe? _probe;
    private readonly IExperienceSource _experience;
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
    /// <param name="stages">What works on batches before returns are estimated, in any order; owned from here on. Null for nothing.</param>
    /// <param name="firstDraw">Number of the first update's draws, for noise such as dropout.</param>
    /// <param name="knowsValues">Whether the value head is an earlier policy's, in the task's units.</param>
    /// <param name="auxiliary">Losses that are added to the agent's own, whose gradients the settings may compare with those. Null for none.</param>
    /// <param name="given">Numbers among the parameters that no optimiser moves. Null for none.</param>
    public ActorCriticLearner(
        IGradientEngine engine,
        ActorCriticSettings settings,
        UpdateSchedule schedule,
        Objective[] objectives,
        Pcg64 random,
        IExperienceSource experience,
        IReadOnlyList<IBatchStage>? stages = null,
        ulong firstDraw = 0,
        bool knowsValues = false,
        IReadOnlyList<Objective>? auxiliary = null,
        IReadOnlyList<GivenNumber>? given = null
    )
    {
        Objective[] own = objectives;
        objectives = [.. own, .. auxiliary ?? []];
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
        _model = new Model(engine, settings.ModelSettings, ref random, firstDraw, knowsValues);
        _given = [.. given ?? []];
        foreach (GivenNumber number in _given)
        {
            _model.Give(number.Parameter, number.At(experience.Progress));
        }
        _kfac = _model.Curvature;
        _probe = _kfac is null ? null : new KlProbe(engine.Network, _kfac.Sampler.CriticFisherScale);
        _stages = StageOrder.Of([
            .. _model.Target is { } target ? [new TargetPolicyStage(target)] : (IBatchStage[])[],
            .. stages ?? [],
        ]);
        _evaluator = new UnrollEvaluator(engine.Network, _stages);
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
        _model.Use(own, auxiliary ?? []);
        _logProbs = new float[_minibatch.Count];
        _rows = new int[_minibatch.Count];
        _random = random;
    }

    /// <summary>All parameters, in the order of the layout.</summary>
    public ReadOnlySpan<float> Parameters => _model.Parameters(ParameterRole.Learned);

    /// <inheritdoc/>
    public ReadOnlySpan<float> ActingParameters => _model.Parameters(ParameterRole.Acting);

    /// <inheritdoc/>
    public IReadOnlyList<string> Tags =>
        [
            .. _objectives.SelectMany(
                (objective, i) => objective is IAdaptiveObjective adaptive ? [_tags[i], .. adaptive.Tags] : (string[])[_tags[i]]
            ),
            .. _model.Units is null ? (string[])[] : [ReturnScaleTag],
            .. _kfac?.Tags ?? [],
            .. _model.Gates?.Tags ?? [],
            .. _given.Select(number => number.Tag),
            .. _stages.SelectMany(stage => stage.Tags),
        ];

    /// <inheritdoc/>
    public long Updates => _model.Updates;

    /// <summary>Learns from one unroll.</summary>
    /// <param name="unroll">T × B samples, as many as the settings say.</param>
    /// <param name="progress">Share of the run's steps done before it, 0 to 1.</param>
    /// <param name="metrics">Receives losses, KL estimates, norms.</param>
    /// <param name="progressAfterwards">The same after it; null where nobody asks.</param>
    /// <exception cref="TrainingDivergedException">A gradient is no longer finite; parameters are as before that step.</exception>
    public void Update(Unroll unroll, double progress, MetricAverages metrics, double? progressAfterwards = null)
    {
        _evaluator.Load(unroll);
        _evaluator.Evaluate(_model.Units);
        foreach (IBatchStage stage in _stages)
        {
            stage.Prepare(_evaluator, metrics);
        }
        _evaluator.Estimate(_settings.DiscountFactor, _settings.Lambda, _settings.OffPolicyClips);
        if (_model.Units is { } units)
        {
            if (!_model.UpdateUnits(_evaluator.Returns))
            {
                _evaluator.Evaluate(units); // its values were in no units, and so were the returns that bootstrap from them
                _evaluator.Estimate(_settings.DiscountFactor, _settings.Lambda, _settings.OffPolicyClips);
            }
            _evaluator.Normalize(units);
            metrics.Add(ReturnScaleTag, units.Scale);
        }
        foreach (IBatchStage stage in _stages)
        {
            stage.Correct(_evaluator);
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
        _model.Target?.Follow(Parameters);
        foreach (GivenNumber number in _given)
        {
            float value = number.At(progressAfterwards ?? progress); // the next unroll is acted with it
            _model.Give(number.Parameter, value);
            metrics.Add(number.Tag, value);
        }
        foreach (IBatchStage stage in _stages)
        {
            stage.Learn(_evaluator, progress, metrics);
        }
    }

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
            _model.Spec.Plan.Features.EncodeRows(_minibatch[_observations].AsSpan(0, size), _minibatch[_features]);
        }
        if (_settings.NormalizeAdvantages)
        {
            AdvantageScale.Normalize(_minibatch, _rows.Length);
        }
    }

    /// <summary>One optimiser step on the current minibatch; returns the KL estimate before it.</summary>
    private double UpdateOnce(float learningRate, double progress, MetricAverages metrics)
    {
        foreach (IAdaptiveObjective objective in _adaptive)
        {
            objective.Begin(_minibatch);
        }
        _model.Gradient(_minibatch, progress, _losses, _logProbs);
        for (int i = 0; i < _objectives.Length; i++)
        {
            metrics.Add(_tags[i], _losses[i]);
        }
        double kl = KlEstimates(_logProbs, _schedule.ClipRangeAt(progress), metrics);
        float norm = _model.Clip();
        _model.Gates?.Report(metrics);
        bool probes = _probe is not null && Updates % ProbeInterval == 0;
        if (probes)
        {
            _probe!.Before(_minibatch);
        }
        _model.Step(learningRate);
        if (probes)
        {
            _probe!.After(_minibatch, metrics);
        }
        _kfac?.Report(metrics);
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
}
