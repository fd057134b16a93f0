using Agents.Distributions;
using Agents.Programs;
using Environments.State;
using Learners.Batches;
using Learners.Composition;
using Learners.Metrics;
using Learners.Objectives;
using Learners.References;
using Learners.Stages;

namespace Learners.Auxiliary;

/// <summary>
/// Tells the agent what its default policy would do, makes actions pay for the divergence of what they lead to, and lets the default learn. Owns the default
/// policy.
/// </summary>
/// <remarks>
/// r̃_t = r_t − γ (α KL_{t+1} − c H_{t+1}), 0 where the task ended: the divergence of step t does not depend on its action, so that the value of an
/// observation does not hold it, and it reaches the policy by its own gradient alone (Galashov et al. 2019; the form with V-trace or generalised advantages).
/// </remarks>
internal sealed class DefaultPolicyStage : IBatchStage
{
    private const string DivergenceTag = "default_policy/divergence";

    private readonly DefaultPolicySettings _settings;
    private readonly ReferencePolicy _prior;
    private readonly ActionDistribution _family;
    private readonly float _discount;
    private readonly Column _distributions;
    private readonly PolicyComparison _divergence;
    private readonly PolicyComparison _cost;
    private float[] _costs = [];

    /// <summary>A stage before its first unroll.</summary>
    /// <param name="settings">Weights.</param>
    /// <param name="prior">The default policy; owned from here on.</param>
    /// <param name="run">The run.</param>
    public DefaultPolicyStage(DefaultPolicySettings settings, ReferencePolicy prior, LearnerContext run)
    {
        (_settings, _prior) = (settings, prior);
        _discount = run.Settings.Agent.DiscountFactor;
        _family = run.Network.Distribution;
        _distributions = new Column("default_policy.distributions", _family.ParameterSize, RowSpace.Rows);
        _divergence = new PolicyComparison(_family);
        _cost = new PolicyComparison(
            _family,
            (ours, prior) => settings.Weight * _family.Divergence(ours, prior) - settings.EntropyWeight * _family.Entropy(ours)
        );
    }

    /// <summary>The losses that go with it.</summary>
    public IEnumerable<Objective> Objectives =>
        [
            new DefaultPolicyObjective(_settings.Weight, _distributions),
            .. _settings.EntropyWeight > 0 ? [new RegularEntropy(_settings.EntropyWeight)] : (Objective[])[],
        ];

    /// <inheritdoc/>
    public string Name => _settings.Name;

    /// <inheritdoc/>
    public IReadOnlyList<Column> Writes => _settings.InReturn ? [_distributions, Column.Rewards] : [_distributions];

    /// <inheritdoc/>
    public bool ReadsNextPolicy => _settings.InReturn;

    /// <inheritdoc/>
    public IReadOnlyList<string> Tags => [DivergenceTag, .. _prior.Tags];

    /// <inheritdoc/>
    public void Prepare(UnrollEvaluator unroll, MetricAverages metrics)
    {
        int rows = unroll.Batch.Count;
        _prior.Evaluate(unroll);
        float[] prior = unroll.Batch[_distributions];
        _prior.Distributions.AsSpan(0, rows * _family.ParameterSize).CopyTo(prior);
        metrics.Add(DivergenceTag, _divergence.Mean(unroll.Distributions, prior, rows));
        if (!_settings.InReturn)
        {
            return;
        }
        if (_costs.Length < rows)
        {
            _costs = new float[rows];
        }
        Span<float> costs = _costs.AsSpan(0, rows);
        _cost.Rows(unroll.NextDistributions, _prior.NextDistributions, costs);
        Span<float> rewards = unroll.Batch[Column.Rewards].AsSpan(0, rows);
        for (int row = 0; row < rows; row++)
        {
            rewards[row] -= unroll.Unroll.Terminated[row] ? 0 : _discount * costs[row];
        }
    }

    /// <inheritdoc/>
    public void Learn(UnrollEvaluator unroll, double progress, MetricAverages metrics) => _prior.Learn(unroll, progress, metrics);

    /// <inheritdoc/>
    public PolicyBeside? Export() => _prior.Export();

    /// <inheritdoc/>
    public void SaveState(StateDictionary state) => _prior.SaveState(state.Scope("prior"));

    /// <inheritdoc/>
    public void LoadState(StateDictionary state) => _prior.LoadState(state.Scope("prior"));

    /// <inheritdoc/>
    public void Dispose() => _prior.Dispose();
}

/// <summary>Mean KL(agent ‖ default) of the present step, with a gradient in the agent alone.</summary>
/// <param name="weight">α.</param>
/// <param name="prior">Column of the default's distributions.</param>
internal sealed class DefaultPolicyObjective(float weight, Column prior) : Objective
{
    /// <inheritdoc/>
    public override string Name => "default_policy_loss";

    /// <inheritdoc/>
    public override IReadOnlyList<Column> Reads { get; } = [prior];

    /// <inheritdoc/>
    public override Value Weight(NetworkEvaluation evaluation) => evaluation.Graph.Constant(weight);

    /// <inheritdoc/>
    public override Value Loss(NetworkEvaluation evaluation) =>
        evaluation.Mean(evaluation.Distribution.Divergence(evaluation.Distributions, evaluation[prior]));
}

/// <summary>The agent's mean entropy with the other sign.</summary>
/// <param name="weight">Weight c of the entropy.</param>
internal sealed class RegularEntropy(float weight) : Objective
{
    /// <inheritdoc/>
    public override string Name => "default_policy_entropy";

    /// <inheritdoc/>
    public override Value Weight(NetworkEvaluation evaluation) => evaluation.Graph.Constant(weight);

    /// <inheritdoc/>
    public override Value Loss(NetworkEvaluation evaluation) => -evaluation.Mean(evaluation.Entropy);
}
