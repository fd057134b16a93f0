using System.Collections.Immutable;
using Agents.Networks;
using Agents.Programs;
using Learners.Batches;

namespace Learners.Objectives;

/// <summary>The losses of an agent as a graph, from what a network says about rows.</summary>
internal sealed class LossGraph
{
    /// <summary>The losses of a network's own graph, which they are added to.</summary>
    /// <param name="network">The network.</param>
    /// <param name="objectives">Losses to add up.</param>
    /// <param name="groups">The group of each objective, from 0, where gradients are wanted by group; null for one of all.</param>
    /// <exception cref="InvalidOperationException">Every objective has weight 0, so there is nothing to learn.</exception>
    public LossGraph(NetworkGraph network, IReadOnlyList<Objective> objectives, IReadOnlyList<int>? groups = null)
    {
        Graph = network.Graph;
        Evaluation = new NetworkEvaluation(network)
        {
            IsWeighted = objectives.Any(objective => objective.Reads.Contains(Column.SampleWeights)),
        };
        var losses = ImmutableArray.CreateBuilder<Value>(objectives.Count);
        var totals = new Value?[groups is null ? 1 : groups.Max() + 1];
        for (int i = 0; i < objectives.Count; i++)
        {
            Objective objective = objectives[i];
            ref Value? total = ref totals[groups?[i] ?? 0];
            using IDisposable scope = Graph.Scope(objective.Name);
            Value loss = objective.Loss(Evaluation);
            Value weight = objective.Weight(Evaluation);
            if (!loss.Shape.IsScalar || !weight.Shape.IsScalar)
            {
                throw new ArgumentException(
                    $"The objective {objective.Name} gives a loss of {loss.Shape} and a weight of {weight.Shape}. Both must be one number: take the mean.",
                    nameof(objectives)
                );
            }
            losses.Add(loss);
            if (weight.Node.Operator is not Constant { Numbers: [0] })
            {
                Value weighted = weight * loss;
                total = total is null ? weighted : total + weighted;
            }
        }
        LogProb = network.Spec.HasPolicy ? Evaluation.LogProb : null;
        Losses = losses.MoveToImmutable();
        Totals = [.. totals];
        if (totals.All(total => total is null))
        {
            throw new InvalidOperationException("Every objective has weight 0, so there is nothing to learn.");
        }
    }

    /// <summary>The graph.</summary>
    public Graph Graph { get; }

    /// <summary>What objectives read.</summary>
    public NetworkEvaluation Evaluation { get; }

    /// <summary>Log-probs of the actions, <c>[N, 1]</c>; null for a network without a policy.</summary>
    public Value? LogProb { get; }

    /// <summary>Each objective's loss, before its weight.</summary>
    public ImmutableArray<Value> Losses { get; }

    /// <summary>Σ weight × loss of each group; null where every objective of a group has weight 0. One of them is not null.</summary>
    public ImmutableArray<Value?> Totals { get; }
}
