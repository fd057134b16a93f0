using System.Numerics.Tensors;
using Environments.State;
using Learners.Batches;
using Learners.Metrics;
using Learners.Objectives;
using Learners.Stages;

namespace Learners.Auxiliary;

/// <summary>
/// Pays each step for how new the observation is that it led to. Bonuses either have returns and a value of their own, which know no ends of episodes,
/// or join the task's rewards (Burda et al. 2018, arXiv 1810.12894, section 2.3).
/// </summary>
/// <remarks>
/// With a value of its own the advantage is A = A_task + β A_int. A_int is estimated as the agent estimates its own, with its λ and, for agents that
/// correct by V-trace, the same ratios; where an episode ended, what follows is worth what the first observation of the next one is. The step that ended
/// it is paid for the observation that it closed with, which in a task of one goal is the goal; the released code pays it for the first of the next episode.
/// </remarks>
internal abstract class IntrinsicStage : IBatchStage
{
    private readonly IntrinsicSettings _settings;
    private readonly BonusFilter _filter;
    private readonly Column _returns;
    private readonly string _bonusTag;
    private HeadValues? _critic;
    private float[] _bonuses = []; // [T, B]
    private float[] _advantages = [];

    /// <summary>A stage before its first unroll.</summary>
    /// <param name="settings">Weights.</param>
    /// <param name="context">The run.</param>
    /// <param name="tags">How names of its metrics begin.</param>
    protected IntrinsicStage(IntrinsicSettings settings, AuxiliaryContext context, string tags)
    {
        _settings = settings;
        _filter = new BonusFilter(settings.NonEpisodic ? settings.DiscountFactor : context.Run.Settings.Agent.DiscountFactor);
        _returns = new Column($"{settings.Name}.returns");
        _bonusTag = $"{tags}/bonus";
        Writes = [settings.NonEpisodic ? _returns : Column.Rewards];
    }

    /// <summary>The losses that go with it.</summary>
    public IEnumerable<Objective> Objectives =>
        _settings.NonEpisodic ? [new IntrinsicValueObjective(_settings.ValueHead, _returns, _settings.ValueCoefficient)] : [];

    /// <inheritdoc/>
    public string Name => _settings.Name;

    /// <inheritdoc/>
    public IReadOnlyList<Column> Writes { get; }

    /// <inheritdoc/>
    public IReadOnlyList<string> Tags => [_bonusTag, .. OwnTags];

    /// <inheritdoc/>
    public bool AddsAdvantages => _settings.NonEpisodic;

    /// <summary>Names of the metrics that <see cref="Measure"/> adds.</summary>
    protected abstract IReadOnlyList<string> OwnTags { get; }

    /// <summary>Says how new the observations are that an unroll's steps led to.</summary>
    /// <param name="unroll">The samples.</param>
    /// <param name="bonuses">Destination, <c>[T, B]</c>: 0 or more, in any unit.</param>
    /// <param name="metrics">Receives <see cref="OwnTags"/>.</param>
    protected abstract void Measure(UnrollEvaluator unroll, Span<float> bonuses, MetricAverages metrics);

    /// <summary>Saves what it has beside the scale of bonuses.</summary>
    protected abstract void SaveOwnState(StateDictionary state);

    /// <summary>Continues from that.</summary>
    protected abstract void LoadOwnState(StateDictionary state);

    /// <inheritdoc/>
    public void Prepare(UnrollEvaluator unroll, MetricAverages metrics)
    {
        int rows = unroll.Batch.Count;
        if (_bonuses.Length != rows)
        {
            _bonuses = new float[rows];
            _advantages = new float[rows];
        }
        Measure(unroll, _bonuses, metrics);
        _filter.Add(_bonuses, unroll.Batch.Sequences);
        TensorPrimitives.Multiply(_bonuses, _filter.Scale, _bonuses);
        metrics.Add(_bonusTag, TensorPrimitives.Sum<float>(_bonuses) / rows);
        if (!_settings.NonEpisodic)
        {
            Span<float> rewards = unroll.Batch[Column.Rewards].AsSpan(0, rows);
            TensorPrimitives.MultiplyAdd(_bonuses, _settings.Weight, rewards, rewards);
        }
    }

    /// <inheritdoc/>
    /// <remarks>With PopArt the agent's advantages are in units of the deviation of its returns by then, and those of bonuses always are in units of theirs.</remarks>
    public void Correct(UnrollEvaluator unroll)
    {
        if (!_settings.NonEpisodic)
        {
            return;
        }
        HeadValues critic = _critic ??= new HeadValues(unroll.Network, _settings.ValueHead);
        critic.Evaluate(unroll);
        unroll.EstimateThroughEnds(
            _bonuses,
            critic.Values,
            _settings.DiscountFactor,
            unroll.Batch[_returns].AsSpan(0, _bonuses.Length),
            _advantages
        );
        TensorPrimitives.MultiplyAdd(_advantages, _settings.Weight, unroll.Advantages, unroll.Advantages);
    }

    /// <inheritdoc/>
    public virtual void Learn(UnrollEvaluator unroll, double progress, MetricAverages metrics) { }

    /// <inheritdoc/>
    public void SaveState(StateDictionary state)
    {
        SaveOwnState(state);
        _filter.SaveState(state);
    }

    /// <inheritdoc/>
    public void LoadState(StateDictionary state)
    {
        LoadOwnState(state);
        _filter.LoadState(state);
    }

    /// <inheritdoc/>
    public abstract void Dispose();
}
