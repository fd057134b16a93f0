using Agents.Programs;
using Learners.Objectives;

namespace Learners.Supervised.Targets;

/// <summary>Some independent bits, each 0 or 1; the head gives the logit of each being 1. Losses are means over bits.</summary>
/// <param name="bits">Bits.</param>
internal sealed class BitTargets(int bits) : TargetForm(bits)
{
    /// <inheritdoc/>
    public override int HeadSize => Width;

    /// <inheritdoc/>
    public override bool GivesBits => true;

    /// <inheritdoc/>
    public override Objective Loss => new BinaryCrossEntropy(this);

    /// <inheritdoc/>
    public override Objective Accuracy => new RightBits(this);

    /// <summary>log(1 + e^z) − t z, which is −t log σ(z) − (1 − t) log(1 − σ(z)) without overflow, in nats.</summary>
    private sealed class BinaryCrossEntropy(TargetForm form) : TargetObjective(form)
    {
        public override string Name => "binary_cross_entropy";

        protected override Value PerRow(Value outputs, Value targets) => MeanOfColumns(outputs.Softplus() - targets * outputs);
    }

    /// <summary>Share of bits whose logit is on the target's side of 0.</summary>
    private sealed class RightBits(TargetForm form) : TargetObjective(form, weight: 0)
    {
        public override string Name => "accuracy";

        protected override Value PerRow(Value outputs, Value targets) =>
            MeanOfColumns(((targets * 2 - 1) * outputs).IsAtLeast(outputs.Graph.Constant(0)));
    }
}
