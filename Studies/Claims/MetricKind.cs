namespace Studies.Claims;

/// <summary>The number that one run gives.</summary>
internal enum MetricKind
{
    /// <summary>
    /// Environment steps until the last N training episodes average the threshold. A run that never gets there is censored: all that is
    /// known is that it needs more than its steps.
    /// </summary>
    StepsToThreshold,

    /// <summary>Mean return of the last N training episodes.</summary>
    FinalReturn,

    /// <summary>Mean return of the last N training episodes at a step.</summary>
    ReturnAt,

    /// <summary>By how much the mean return of the last N training episodes fell at most below what it had been.</summary>
    LargestDrop,

    /// <summary>Mean return of the evaluation after training.</summary>
    EvaluationReturn,

    /// <summary>Mean over the run's environment steps of the mean return of the last N training episodes.</summary>
    AreaUnderCurve,

    /// <summary>Share of the last N training episodes whose return reaches the threshold.</summary>
    SuccessRate,

    /// <summary>Last number in a column of <c>metrics.csv</c>.</summary>
    ColumnLast,

    /// <summary>Mean of a column of <c>metrics.csv</c>.</summary>
    ColumnMean,

    /// <summary>Largest number in a column of <c>metrics.csv</c>.</summary>
    ColumnMax,

    /// <summary>The latest number in a column of <c>metrics.csv</c> at a step, or before it.</summary>
    ColumnAt,

    /// <summary>A number of <c>summary.json</c>, by its dotted path.</summary>
    Summary,
}
