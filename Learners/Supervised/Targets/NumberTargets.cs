using Agents.Programs;
using Learners.Objectives;

namespace Learners.Supervised.Targets;

/// <summary>Some numbers; the head gives as many.</summary>
/// <param name="numbers">Numbers of a target.</param>
internal sealed class NumberTargets(int numbers) : TargetForm(numbers)
{
    /// <inheritdoc/>
    public override int HeadSize => Width;

    /// <inheritdoc/>
    public override Objective Loss => new SquaredError(this);

    /// <inheritdoc/>
    public override Objective? Accuracy => null;

    /// <summary>(y − t)², a mean over the numbers of a target.</summary>
    private sealed class SquaredError(TargetForm form) : TargetObjective(form)
    {
        public override string Name => "squared_error";

        protected override Value PerRow(Value outputs, Value targets) => MeanOfColumns((outputs - targets).Square());
    }
}
