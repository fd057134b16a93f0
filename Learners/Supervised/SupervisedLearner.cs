using Agents.Networks;
using Environments.Randomness;
using Environments.State;
using Learners.ActorCritic;
using Learners.Batches;
using Learners.Composition;
using Learners.Data;
using Learners.Engines;
using Learners.Metrics;
using Learners.Models;
using Learners.Objectives;

namespace Learners.Supervised;

/// <summary>Learns from batches of samples: loss, gradient, cut, step. Owns network and optimiser, and carries the core state of streams.</summary>
internal sealed class SupervisedLearner : IDisposable, ISavable
{
    private const double AccuracyShare = 0.1; // of the newest batch in the running accuracy

    private readonly SupervisedSettings _settings;
    private readonly DataForm _form;
    private readonly Model _model;
    private readonly Objective? _accuracy;
    private readonly IReadOnlyList<Objective> _auxiliary;
    private readonly double[] _losses; // the loss, the accuracy where there is one, auxiliary losses
    private readonly float[] _coreState;
    private Batch? _batch;
    private Samples? _samples; // that the batch is made of

    /// <summary>A learner before its first update.</summary>
    /// <param name="settings">The run.</param>
    /// <param name="form">What samples look like.</param>
    /// <param name="seed">Seed of the first parameters.</param>
    public SupervisedLearner(SupervisedSettings settings, DataForm form, SeedSequence seed)
    {
        (_settings, _form) = (settings, form);
        Spec = SupervisedNetwork.SpecOf(form, settings.Network);
        var layout = new ParameterLayout(Spec);
        var random = new Pcg64(seed);
        float[] parameters = ParameterInitializer.Create(layout, ref random);
        IGradientEngine engine = GradientEngines.Create(settings.Engine, Spec, parameters);
        _model = new Model(engine, settings.ModelSettings, ref random) { CarriesState = CarriesState };
        _accuracy = form.Targets.Accuracy;
        Objective[] objectives = _accuracy is null ? [form.Targets.Loss] : [form.Targets.Loss, _accuracy];
        _auxiliary = form.Targets.Auxiliary;
        _losses = new double[objectives.Length + _auxiliary.Count];
        _model.Use(objectives, _auxiliary);
        _coreState = new float[settings.BatchSize * Spec.CoreStateSize];
    }

    /// <summary>Metrics that <see cref="Learn"/> adds.</summary>
    public IReadOnlyList<string> Tags =>
        [
            "losses/loss",
            "losses/gradient_norm",
            "charts/accuracy",
            "charts/running_accuracy",
            "charts/learning_rate",
            .. _auxiliary.Select(TagOf),
            .. _model.Gates?.Tags ?? [],
        ];

    /// <summary>The network.</summary>
    public NetworkSpec Spec { get; }

    /// <summary>Optimiser steps taken.</summary>
    public long Updates => _model.Updates;

    /// <summary>Exponential mean of the share of right answers of the latest batches; not a number before the first, and where no answer is right or wrong.</summary>
    public double RunningAccuracy { get; private set; } = double.NaN;

    /// <summary>Parameters to evaluate and to save, in the order of the layout.</summary>
    public ReadOnlySpan<float> Parameters => _model.Parameters(ParameterRole.Evaluated);

    private bool CarriesState => _form.CarriesState && Spec.CoreStateSize > 0;

    /// <summary>Takes one step.</summary>
    /// <param name="samples">A batch; where it belongs to streams, it goes on where the one before ended.</param>
    /// <param name="averages">Receives metrics.</param>
    /// <returns>The loss of the batch, before the step.</returns>
    /// <exception cref="TrainingDivergedException">The gradient is not finite; parameters are as before.</exception>
    public double Learn(Samples samples, MetricAverages averages)
    {
        if (_samples != samples)
        {
            (_samples, _batch) = (samples, samples.CreateBatch(Spec));
        }
        Batch batch = _batch!;
        samples.WriteTo(batch, Spec);
        _coreState.CopyTo(batch[Column.InitialCoreState(Spec)], 0);
        double progress = (double)Updates / _settings.Updates;
        _model.Gradient(batch, progress, _losses, []);
        CarryState(samples);
        float norm = _model.Clip();
        float learningRate = Schedules.At(_settings.LearningRate, _settings.LearningRateSchedule, progress);
        _model.Step(learningRate);
        averages.Add("losses/loss", _losses[0]);
        averages.Add("losses/gradient_norm", norm);
        averages.Add("charts/learning_rate", learningRate);
        for (int i = 0; i < _auxiliary.Count; i++)
        {
            averages.Add(TagOf(_auxiliary[i]), _losses[^(_auxiliary.Count - i)]);
        }
        _model.Gates?.Report(averages);
        if (_accuracy is not null)
        {
            // The first few batches count alike, so that no single one decides.
            double share = Math.Max(AccuracyShare, 1.0 / Updates);
            RunningAccuracy = Updates == 1 ? _losses[1] : RunningAccuracy + share * (_losses[1] - RunningAccuracy);
            averages.Add("charts/accuracy", _losses[1]);
            averages.Add("charts/running_accuracy", RunningAccuracy);
        }
        return _losses[0];
    }

    /// <inheritdoc/>
    public void SaveState(StateDictionary state)
    {
        state.Set("running_accuracy", RunningAccuracy);
        state.Set<float>("core_state", _coreState);
        _model.SaveState(state.Scope("model"));
    }

    /// <inheritdoc/>
    public void LoadState(StateDictionary state)
    {
        RunningAccuracy = state.Get<double>("running_accuracy");
        state.ReadFinite<float>("core_state", _coreState);
        _model.LoadState(state.Scope("model"));
    }

    /// <inheritdoc/>
    public void Dispose() => _model.Dispose();

    private static string TagOf(Objective auxiliary) => "losses/" + auxiliary.Name;

    // Before the parameters change: the state is what these parameters made of the segment.
    private void CarryState(Samples samples)
    {
        if (CarriesState && !_model.TryGetCoreState(_coreState))
        {
            _model.Network.UnrollHeads(samples.Steps, samples.Inputs, samples.Starts, _coreState, []);
        }
    }
}
