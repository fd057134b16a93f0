using System.Numerics.Tensors;
using Agents.Distributions;
using Agents.Programs;
using Environments.State;
using Learners.Batches;
using Learners.Composition;
using Learners.Metrics;
using Learners.Objectives;
using Learners.References;
using Learners.Returns;
using Learners.Stages;
using Protos;

namespace Learners.Auxiliary;

/// <summary>
/// Asks a teacher about every observation of an unroll, and pays the student for what it will lose later, so that its update is the gradient of a sum over
/// trajectories (Czarnecki et al. 2019, arXiv 1902.02186, theorem 2). Owns the teacher.
/// </summary>
/// <remarks>The loss at an observation does not depend on the action there, so an action is paid only for observations that it leads to, and the last one of an episode for none.</remarks>
internal sealed class DistillationStage : IBatchStage
{
    private const string DivergenceTag = "distillation/divergence";
    private const string AgreementTag = "distillation/agreement";
    private const string PayTag = "distillation/pay";
    private const string GateTag = "distillation/gate";

    private readonly DistillationSettings _settings;
    private readonly ReferencePolicy _teacher;
    private readonly ActionDistribution _family;
    private readonly float _taskDiscount;
    private readonly Column _distributions;
    private readonly Column _gate = new("distillation.gate");
    private readonly Column _returns = new("distillation.returns");
    private readonly PolicyComparison _divergence;
    private readonly PolicyComparison? _loss; // of what a step led to
    private readonly Agreement _agreement;
    private HeadValues? _critic;
    private float[] _pay = [];
    private float[] _advantages = []; // of what is paid
    private float[] _zeros = [];
    private float[] _discounts = [];
    private float[] _lambdas = [];
    private float[] _logProbs = [];

    /// <summary>A stage before its first unroll.</summary>
    /// <param name="settings">Method and weights.</param>
    /// <param name="teacher">The teacher; owned from here on.</param>
    /// <param name="run">The run.</param>
    public DistillationStage(DistillationSettings settings, ReferencePolicy teacher, LearnerContext run)
    {
        (_settings, _teacher) = (settings, teacher);
        _taskDiscount = run.Settings.Agent.DiscountFactor;
        _family = run.Network.Distribution;
        _distributions = new Column("distillation.teacher", _family.ParameterSize, RowSpace.Rows);
        _divergence = new PolicyComparison(_family);
        _agreement = new Agreement(_family);
        if (PaysForNext)
        {
            _loss = new PolicyComparison(
                _family,
                (theirs, ours) =>
                    DistillationFormulas.LossOf(settings.Method, _family, theirs, ours, settings.IncludeStudentEntropy)!
            );
        }
    }

    /// <summary>The losses that go with it.</summary>
    public IEnumerable<Objective> Objectives
    {
        get
        {
            if (DistillationFormulas.HasLoss(_settings.Method))
            {
                yield return new DistillationObjective(_settings, _distributions, _settings.ValueGate ? _gate : null);
            }
            if (HasHead)
            {
                yield return new PseudoValueObjective(_settings.ValueHead, _returns, _settings.ValueCoefficient);
            }
        }
    }

    /// <inheritdoc/>
    public string Name => _settings.Name;

    /// <inheritdoc/>
    public IReadOnlyList<Column> Writes =>
        [
            _distributions,
            .. _settings.ValueGate ? [_gate] : (Column[])[],
            .. HasHead ? [_returns] : (Column[])[],
            .. _settings.ShapesRewards ? [Column.Rewards] : (Column[])[],
        ];

    /// <inheritdoc/>
    public bool ReadsNextPolicy => PaysForNext;

    /// <inheritdoc/>
    public IReadOnlyList<string> Tags =>
        [
            DivergenceTag,
            .. _agreement.HasMeaning ? [AgreementTag] : (string[])[],
            .. _settings.HasPay ? [PayTag] : (string[])[],
            .. _settings.ValueGate ? [GateTag] : (string[])[],
        ];

    private bool PaysForNext => DistillationFormulas.PayOf(_settings.Method) == DistillationPay.NextLoss;

    private bool HasHead => _settings is { HasPay: true, Critic: true };

    /// <inheritdoc/>
    public void Prepare(UnrollEvaluator unroll, MetricAverages metrics)
    {
        int rows = unroll.Batch.Count;
        int width = rows * _family.ParameterSize;
        Grow(rows);
        _teacher.Evaluate(unroll);
        float[] theirs = unroll.Batch[_distributions];
        _teacher.Distributions.AsSpan(0, width).CopyTo(theirs);
        metrics.Add(DivergenceTag, _divergence.Mean(theirs, unroll.Distributions, rows));
        if (_agreement.HasMeaning)
        {
            metrics.Add(AgreementTag, _agreement.Of(theirs, unroll.Distributions, rows));
        }
        if (_settings.ValueGate)
        {
            Open(unroll, metrics);
        }
        UseValues(unroll);
        if (_settings.HasPay)
        {
            Pay(unroll, theirs);
            metrics.Add(PayTag, TensorPrimitives.Sum<float>(_pay.AsSpan(0, rows)) / rows);
            EstimatePay(unroll);
        }
    }

    /// <inheritdoc/>
    public void Correct(UnrollEvaluator unroll)
    {
        Span<float> advantages = unroll.Advantages;
        if (!_settings.Critic)
        {
            Fill(unroll.Unroll, _taskDiscount, 1);
            ReadOnlySpan<float> rewards = unroll.Batch[Column.Rewards].AsSpan(0, advantages.Length);
            GeneralizedAdvantage.Estimate(rewards, _discounts, _lambdas, _zeros, _zeros, advantages, unroll.Unroll.Copies);
        }
        TensorPrimitives.Multiply(advantages, _settings.RewardWeight, advantages);
        if (_settings.HasPay)
        {
            TensorPrimitives.MultiplyAdd(_advantages.AsSpan(0, advantages.Length), _settings.Weight, advantages, advantages);
        }
    }

    /// <inheritdoc/>
    public void SaveState(StateDictionary state) => _teacher.SaveState(state.Scope("teacher"));

    /// <inheritdoc/>
    public void LoadState(StateDictionary state) => _teacher.LoadState(state.Scope("teacher"));

    /// <inheritdoc/>
    public void Dispose() => _teacher.Dispose();

    private void Open(UnrollEvaluator unroll, MetricAverages metrics)
    {
        float[] gate = unroll.Batch[_gate];
        int open = 0;
        for (int row = 0; row < unroll.Batch.Count; row++)
        {
            bool better = _teacher.Values[row] > unroll.Values[row];
            gate[row] = better ? 1 : 0;
            open += better ? 1 : 0;
        }
        metrics.Add(GateTag, (double)open / unroll.Batch.Count);
    }

    private void UseValues(UnrollEvaluator unroll)
    {
        switch (_settings.TeacherValues)
        {
            case TeacherValueUse.Nothing:
                break;
            case TeacherValueUse.Bootstrap:
                unroll.BootstrapFrom(_teacher.NextValues);
                break;
            case TeacherValueUse.Shaping:
                Span<float> rewards = unroll.Batch[Column.Rewards].AsSpan(0, unroll.Batch.Count);
                for (int row = 0; row < rewards.Length; row++)
                {
                    float next = unroll.Unroll.Terminated[row] ? 0 : _teacher.NextValues[row];
                    rewards[row] += _taskDiscount * next - _teacher.Values[row];
                }
                break;
            default:
                throw new InvalidOperationException($"There is no use {_settings.TeacherValues} of a teacher's values.");
        }
    }

    private void Pay(UnrollEvaluator unroll, float[] theirs)
    {
        Span<float> pay = _pay.AsSpan(0, unroll.Batch.Count);
        switch (DistillationFormulas.PayOf(_settings.Method))
        {
            case DistillationPay.Nothing:
                break;
            case DistillationPay.NextLoss:
                _loss!.Rows(_teacher.NextDistributions, unroll.NextDistributions, pay);
                for (int row = 0; row < pay.Length; row++)
                {
                    bool counts = !_settings.ValueGate || _teacher.NextValues[row] > unroll.NextValues[row];
                    pay[row] = unroll.Unroll.Terminated[row] || !counts ? 0 : -pay[row];
                }
                break;
            case DistillationPay.OwnAction:
                _family.LogProbs(theirs, unroll.Unroll.Actions, pay);
                if (_settings.IncludeStudentEntropy)
                {
                    Span<float> own = _logProbs.AsSpan(0, pay.Length);
                    _family.LogProbs(unroll.Distributions, unroll.Unroll.Actions, own);
                    TensorPrimitives.Subtract(pay, own, pay);
                }
                break;
            default:
                throw new InvalidOperationException($"There is no pay of the method {_settings.Method}.");
        }
    }

    private void EstimatePay(UnrollEvaluator unroll)
    {
        int rows = unroll.Batch.Count;
        Fill(unroll.Unroll, _settings.DiscountFactor, _settings.Critic ? _settings.Lambda : 1);
        float[] values = _zeros;
        float[] nextValues = _zeros;
        if (HasHead)
        {
            HeadValues critic = _critic ??= new HeadValues(unroll.Network, _settings.ValueHead);
            critic.Evaluate(unroll);
            (values, nextValues) = (critic.Values, critic.NextValues);
        }
        Span<float> advantages = _advantages.AsSpan(0, rows);
        GeneralizedAdvantage.Estimate(
            _pay.AsSpan(0, rows),
            _discounts,
            _lambdas,
            values.AsSpan(0, rows),
            nextValues.AsSpan(0, rows),
            advantages,
            unroll.Unroll.Copies
        );
        if (HasHead)
        {
            TensorPrimitives.Add(advantages, values.AsSpan(0, rows), unroll.Batch[_returns]);
        }
    }

    private void Fill(Unroll unroll, float discount, float lambda) =>
        EpisodeBoundaries.Fill(unroll.Terminated, unroll.Truncated, discount, lambda, _discounts, _lambdas);

    private void Grow(int rows)
    {
        if (_pay.Length == rows)
        {
            return;
        }
        _pay = new float[rows];
        _advantages = new float[rows];
        _zeros = new float[rows];
        _discounts = new float[rows];
        _lambdas = new float[rows];
        _logProbs = new float[rows];
    }
}
