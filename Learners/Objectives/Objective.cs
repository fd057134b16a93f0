using Agents.Programs;
using Learners.Batches;

namespace Learners.Objectives;

/// <summary>A pure function of samples and the network's outputs to a scalar loss, written once for every engine. The learner adds objectives up.</summary>
internal abstract class Objective
{
    /// <summary>Name of its metric, such as <c>policy_loss</c>.</summary>
    public abstract string Name { get; }

    /// <summary>Columns that it reads beyond those of every batch; they are filled only where somebody reads them.</summary>
    public virtual IReadOnlyList<Column> Reads => [];

    /// <summary>Factor of its loss in the sum, one number; it may be a number that changes between updates.</summary>
    public virtual Value Weight(NetworkEvaluation evaluation) => evaluation.Graph.Constant(1);

    /// <summary>The loss, one number: a mean over the samples.</summary>
    public abstract Value Loss(NetworkEvaluation evaluation);
}
