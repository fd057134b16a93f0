namespace Studies.Comparison;

/// <summary>What counts as the score of a run.</summary>
internal enum ScoreKind
{
    /// <summary>Mean return of the evaluation after training.</summary>
    Evaluation,

    /// <summary>Mean return of the last training episodes, as many as <see cref="ComparedRun.Window"/>.</summary>
    Training,
}
