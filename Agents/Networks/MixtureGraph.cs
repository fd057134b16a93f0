using System.Collections.Immutable;
using Agents.Programs;
using Environments.Spaces;

namespace Agents.Networks;

/// <summary>The policies of a mixture in the graph of a network, and what they do together.</summary>
/// <remarks>
/// Probabilities are mixed, m = Σ w π, and what comes out are log m, which are logits as any: actors, log-probabilities of behaviour and target, entropies and divergences
/// need no care, and each policy is credited with its responsibility w π(a) / m(a). Czarnecki et al. 2018, arXiv 1806.01780, section 3.
/// </remarks>
internal sealed class MixtureGraph
{
    // Keeps the logarithm of actions that nobody would choose; far below what a sum of probabilities in single precision can tell from 0.
    private const float Smallest = 1e-30f;

    private readonly MixturePlan _plan;
    private readonly Space _actions;
    private readonly Graph _graph;

    /// <summary>The mixture of a network's policies.</summary>
    /// <param name="spec">The network.</param>
    /// <param name="alpha">Where the mixture stands, one number.</param>
    /// <param name="logits">What the head of each policy gives, the network's own last.</param>
    /// <param name="values">What each value head gives, the network's own last; equal ones where it serves all.</param>
    public MixtureGraph(NetworkSpec spec, Value alpha, IReadOnlyList<Value> logits, IReadOnlyList<Value> values)
    {
        _plan = spec.Mixture!;
        _actions = spec.ActionSpace;
        _graph = alpha.Graph;
        alpha = alpha.StopGradient();
        Weights = [.. logits.Select((_, i) => (1 - (alpha - i).Abs()).Relu())];
        Policies = [.. _plan.Stages.Select((stage, i) => OfStage(stage, logits[i])), Joint(logits[^1])];
        Value mixed = Sum([.. Policies.Select((policy, i) => Spread(policy.Probabilities, policy.Actions) * Weights[i])]);
        Value logMixed = (mixed + Smallest).Log();
        Distributions = _plan.Settings.Gradient switch
        {
            MixtureGradient.Responsibilities => logMixed,
            MixtureGradient.Weights => WithoutResponsibilities(logMixed),
        };
        StageValues = [.. values];
        HasStageValues = values.Any(value => value != values[0]);
        Values = HasStageValues ? Sum([.. values.Select((value, i) => value * Weights[i])]) : values[0];
    }

    /// <summary>Weight of each policy, one number each.</summary>
    public ImmutableArray<Value> Weights { get; }

    /// <summary>The policies, the network's own last.</summary>
    public ImmutableArray<MixedPolicy> Policies { get; }

    /// <summary>Logarithms of the mixed probabilities of all actions, <c>[N, actions]</c>.</summary>
    public Value Distributions { get; }

    /// <summary>Mixed values, <c>[N, 1]</c>.</summary>
    public Value Values { get; }

    /// <summary>Value of each policy, <c>[N, 1]</c>.</summary>
    public ImmutableArray<Value> StageValues { get; }

    /// <summary>Whether the values differ.</summary>
    public bool HasStageValues { get; }

    /// <summary>KL(earlier ‖ later) over the earlier policy's actions, <c>[N, 1]</c>; no gradient reaches the earlier one.</summary>
    /// <param name="earlier">Place of the policy that is copied.</param>
    /// <param name="later">Place of the policy that copies it.</param>
    /// <param name="masked">Whether the later one is made to sum to 1 over those actions first, so that what it does beyond them costs nothing.</param>
    public Value Divergence(int earlier, int later, bool masked)
    {
        MixedPolicy from = Policies[earlier];
        Value to = Gather(Policies[later], from.Actions);
        if (masked)
        {
            to = to.LogSoftmax().LogProbs;
        }
        return (from.Probabilities.StopGradient() * (from.LogProbs.StopGradient() - to)).SumColumns();
    }

    // Every policy credited by its weight: the gradient of Σ w log π at the numbers of log m.
    private Value WithoutResponsibilities(Value logMixed)
    {
        Value weighted = Sum([.. Policies.Select((policy, i) => Spread(policy.LogProbs, policy.Actions) * Weights[i])]);
        return logMixed.StopGradient() + (weighted - weighted.StopGradient());
    }

    private MixedPolicy OfStage(StagePlan stage, Value logits)
    {
        if (stage.Settings.SharedHead)
        {
            MixedPolicy all = Joint(logits);
            return stage.Actions is { } own ? Normalized(Gather(all, own), own) : all;
        }
        return stage.Actions is { } actions ? Normalized(logits, actions) : Joint(logits);
    }

    private static MixedPolicy Normalized(Value logits, ImmutableArray<int>? actions)
    {
        (Value logProbs, Value probabilities) = logits.LogSoftmax();
        return new MixedPolicy(logProbs, probabilities, actions);
    }

    // Log-probabilities of every combination of independent components: a sum of one from each.
    private MixedPolicy Joint(Value logits)
    {
        if (_actions is Discrete)
        {
            return Normalized(logits, null);
        }
        ImmutableArray<int> counts = _plan.Counts;
        var parts = new Value[counts.Length];
        int first = 0;
        var chooses = new float[counts.Sum() * _plan.ActionCount];
        int stride = _plan.ActionCount;
        for (int i = 0; i < counts.Length; i++)
        {
            parts[i] = logits.Slice(first, counts[i]).LogSoftmax().LogProbs;
            stride /= counts[i];
            for (int action = 0; action < _plan.ActionCount; action++)
            {
                chooses[(first + action / stride % counts[i]) * _plan.ActionCount + action] = 1;
            }
            first += counts[i];
        }
        Value logProbs = Value.Concat(parts).Times(_graph.Constant(chooses, first, _plan.ActionCount));
        return new MixedPolicy(logProbs, logProbs.Exp(), null);
    }

    // Columns of some actions at their places among all, 0 elsewhere.
    private Value Spread(Value columns, ImmutableArray<int>? actions)
    {
        if (actions is not { } places)
        {
            return columns;
        }
        var order = new int[_plan.ActionCount];
        int other = places.Length;
        for (int action = 0; action < order.Length; action++)
        {
            int at = places.IndexOf(action);
            order[action] = at >= 0 ? at : other++;
        }
        return _graph.Apply(new Place([0], order.Length), columns)[0].Permute([.. order]);
    }

    // Log-probabilities of some actions, in their order.
    private Value Gather(MixedPolicy policy, ImmutableArray<int>? actions)
    {
        if (actions is not { } wanted)
        {
            return policy.LogProbs;
        }
        int[] known = policy.Actions is { } own ? [.. own] : [.. Enumerable.Range(0, _plan.ActionCount)];
        int[] first = [.. wanted.Select(action => Array.IndexOf(known, action))];
        int[] rest = [.. Enumerable.Range(0, known.Length).Except(first)];
        return policy.LogProbs.Permute([.. first, .. rest]).Slice(0, first.Length);
    }

    private static Value Sum(Value[] terms) => terms.Aggregate((sum, term) => sum + term);
}

/// <summary>A policy of a mixture.</summary>
/// <param name="LogProbs">Log-probabilities of its actions, <c>[N, its actions]</c>.</param>
/// <param name="Probabilities">Their exponentials.</param>
/// <param name="Actions">Its actions among all of them; null for all.</param>
internal sealed record MixedPolicy(Value LogProbs, Value Probabilities, ImmutableArray<int>? Actions);
