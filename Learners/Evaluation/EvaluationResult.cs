namespace Learners.Evaluation;

/// <summary>Scores of a policy over whole episodes, with the environment's own rewards.</summary>
public sealed record EvaluationResult
{
    /// <summary>Episodes.</summary>
    public required int Episodes { get; init; }

    /// <summary>Mean return.</summary>
    public required double MeanReturn { get; init; }

    /// <summary>Standard deviation of the returns (n − 1).</summary>
    public required double StdReturn { get; init; }

    /// <summary>Smallest return.</summary>
    public required double MinReturn { get; init; }

    /// <summary>Largest return.</summary>
    public required double MaxReturn { get; init; }

    /// <summary>Mean episode length in steps.</summary>
    public required double MeanLength { get; init; }

    /// <summary>Lower end of the 95 % interval of the mean (normal approximation).</summary>
    public double Ci95Low => MeanReturn - HalfWidth;

    /// <summary>Upper end of the 95 % interval of the mean (normal approximation).</summary>
    public double Ci95High => MeanReturn + HalfWidth;

    private double HalfWidth => 1.959964 * StdReturn / Math.Sqrt(Episodes);
}
