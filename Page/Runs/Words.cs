namespace Page.Runs;

/// <summary>States and kinds as the page's program knows them.</summary>
internal static class Words
{
    /// <summary>A state in one word.</summary>
    public static string Of(RunState state) =>
        state switch
        {
            RunState.Training => "training",
            RunState.Finished => "finished",
            RunState.Stopped => "stopped",
            RunState.Dead => "dead",
            RunState.Damaged => "damaged",
        };

    /// <summary>A kind in one word.</summary>
    public static string Of(RunKind kind) =>
        kind switch
        {
            RunKind.Training => "training",
            RunKind.Supervised => "supervised",
            RunKind.Discovery => "discovery",
            RunKind.Study => "study",
        };
}
