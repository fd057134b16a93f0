namespace Studies.Comparison;

/// <summary>Words for what scores are.</summary>
internal static class ScoreKinds
{
    /// <summary>What is scored, in words.</summary>
    public static string InWords(this ScoreKind kind) =>
        kind switch
        {
            ScoreKind.Evaluation => "mean return of the evaluation after training",
            ScoreKind.Training => $"mean return of the last {ComparedRun.Window} training episodes",
        };
}
