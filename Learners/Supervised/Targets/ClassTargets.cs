using Agents.Distributions;
using Agents.Programs;
using Learners.Objectives;

namespace Learners.Supervised.Targets;

/// <summary>One of some classes, as an integer; the head gives their logits.</summary>
/// <param name="classes">Classes, K.</param>
internal sealed class ClassTargets(int classes) : TargetForm(1)
{
    /// <inheritdoc/>
    public override int HeadSize => classes;

    /// <inheritdoc/>
    public override bool GivesBits => true;

    /// <inheritdoc/>
    public override Objective Loss => new CrossEntropy(this);

    /// <inheritdoc/>
    public override Objective Accuracy => new RightClasses(this);

    /// <summary>−log of the softmax of the target's logit, in nats.</summary>
    private sealed class CrossEntropy(TargetForm form) : TargetObjective(form)
    {
        public override string Name => "cross_entropy";

        protected override Value PerRow(Value outputs, Value targets) => -Categorical.LogProbOf(outputs, targets);
    }

    /// <summary>1 where no logit is greater than the target's.</summary>
    private sealed class RightClasses(TargetForm form) : TargetObjective(form, weight: 0)
    {
        public override string Name => "accuracy";

        protected override Value PerRow(Value outputs, Value targets) =>
            outputs.Pick(targets).IsAtLeast(outputs.MaximumOfColumns());
    }
}
