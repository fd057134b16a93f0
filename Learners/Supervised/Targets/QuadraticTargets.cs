using Agents.Programs;
using Learners.Objectives;

namespace Learners.Supervised.Targets;

/// <summary>
/// Two points of some numbers, the first behind the second; the head gives one point y. The loss ½ Σ D (y − first)² has the curvatures D, from 0.01 to 1 in equal
/// ratios, and an auxiliary loss w |y − second|² has one curvature in all directions.
/// </summary>
/// <param name="numbers">Numbers of a point, d.</param>
/// <param name="helperWeight">Weight w of the auxiliary loss; 0 leaves it out.</param>
internal sealed class QuadraticTargets(int numbers, float helperWeight) : TargetForm(2 * numbers)
{
    /// <inheritdoc/>
    public override int HeadSize => Width / 2;

    /// <inheritdoc/>
    public override Objective Loss => new Quadratic(this);

    /// <inheritdoc/>
    public override Objective? Accuracy => null;

    /// <inheritdoc/>
    public override IReadOnlyList<Objective> Auxiliary => helperWeight > 0 ? [new Helper(this, helperWeight)] : [];

    /// <summary>½ Σ D (y − first)².</summary>
    private sealed class Quadratic(TargetForm form) : TargetObjective(form)
    {
        public override string Name => "quadratic";

        protected override Value PerRow(Value outputs, Value targets)
        {
            var curvatures = new float[outputs.Columns];
            for (int i = 0; i < curvatures.Length; i++)
            {
                curvatures[i] = (float)Math.Pow(10, -2 + 2.0 * i / Math.Max(1, curvatures.Length - 1));
            }
            Value squares = (outputs - targets[..outputs.Columns]).Square();
            return 0.5f * (squares * outputs.Graph.Constant(curvatures, 1, curvatures.Length)).SumColumns();
        }
    }

    /// <summary>|y − second|².</summary>
    private sealed class Helper(TargetForm form, float weight) : TargetObjective(form, weight)
    {
        public override string Name => "helper";

        protected override Value PerRow(Value outputs, Value targets) =>
            (outputs - targets[outputs.Columns..]).Square().SumColumns();
    }
}
