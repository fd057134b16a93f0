namespace Studies.Comparison;

/// <summary>Where it is looked up when a run reached a return.</summary>
internal enum LearningCurve
{
    /// <summary>In <c>episodes.csv</c>: the mean return of the last training episodes.</summary>
    TrainingEpisodes,

    /// <summary>In <c>metrics.csv</c>: the mean return of each evaluation.</summary>
    Evaluations,
}
