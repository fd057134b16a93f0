namespace Learners.Evaluation;

/// <summary>What the branches of a perception-prediction-reaction agent would have done while its reaction acted.</summary>
public sealed record BranchReport
{
    /// <summary>Episodes that were played.</summary>
    public required int Episodes { get; init; }

    /// <summary>Their steps.</summary>
    public required int Steps { get; init; }

    /// <summary>Mean return of the episodes.</summary>
    public required double MeanReturn { get; init; }

    /// <summary>Each branch beside reaction.</summary>
    public required IReadOnlyList<BranchOpinion> Branches { get; init; }
}

/// <summary>How a branch's policy differs from reaction's.</summary>
/// <param name="Branch">Name of the branch.</param>
/// <param name="ActsOtherwise">
/// Share of the steps, 0 to 1, in which its most probable action is another one; of real numbers, in which some number of it is more than one standard deviation of
/// reaction away.
/// </param>
/// <param name="Divergence">Mean KL(reaction ‖ branch), in nats.</param>
public sealed record BranchOpinion(string Branch, double ActsOtherwise, double Divergence);
