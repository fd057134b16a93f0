using Learners.Batches;
using Learners.Objectives;

namespace Learners.Supervised.Targets;

/// <summary>What is to be said of each step: how many numbers the network gives, and how they are judged. Derive for another kind. Immutable.</summary>
internal abstract class TargetForm
{
    /// <summary>Name of the network's head that answers.</summary>
    public const string Head = "answer";

    private protected TargetForm(int width) => Column = new Column("targets", width, Agents.Programs.RowSpace.Rows);

    /// <summary>Numbers that the head gives.</summary>
    public abstract int HeadSize { get; }

    /// <summary>Numbers of a target.</summary>
    public int Width => Column.Width;

    /// <summary>Targets in a batch, <c>[N, Width]</c>.</summary>
    public Column Column { get; }

    /// <summary>The loss that is learned from: a mean over the steps that count.</summary>
    public abstract Objective Loss { get; }

    /// <summary>The share of right answers among the steps that count, which is only looked at; null where no answer is right or wrong.</summary>
    public abstract Objective? Accuracy { get; }

    /// <summary>Further losses that are learned from beside it, by their own weights, and not judged by.</summary>
    /// <value>None unless overridden.</value>
    public virtual IReadOnlyList<Objective> Auxiliary => [];

    /// <summary>Whether the loss in nats, over ln 2, is the number of bits that coding a symbol takes.</summary>
    public virtual bool GivesBits => false;
}
