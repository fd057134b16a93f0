namespace Learners.Supervised;

/// <summary>How good a network is on samples that it did not learn from.</summary>
internal sealed record SupervisedScore
{
    /// <summary>The loss, a mean over the answers.</summary>
    public required double Loss { get; init; }

    /// <summary>Share of right answers, 0 to 1; null where none is right or wrong.</summary>
    public double? Accuracy { get; init; }

    /// <summary>Bits that coding a symbol would take, of bits the mean over all of them; null where targets are numbers.</summary>
    public double? BitsPerSymbol { get; init; }

    /// <summary>Steps that were judged.</summary>
    public required long Answers { get; init; }

    /// <summary>Mean length of the gradient of a loss with respect to each part of the core state some steps before; empty where it was not measured.</summary>
    public IReadOnlyList<PartGradient> LagGradients { get; init; } = [];
}

/// <summary>Length of a gradient with respect to a part of the core state.</summary>
/// <param name="Part">Name of the part.</param>
/// <param name="Norm">Euclidean length, a mean over sequences and windows.</param>
internal sealed record PartGradient(string Part, double Norm);
