namespace Studies.Legs;

/// <summary>What a study compares its trials by.</summary>
internal enum StudyScore
{
    /// <summary>Mean return of episodes that are played with what was learned, acting as in training.</summary>
    Evaluation,

    /// <summary>Mean return of the last 100 training episodes.</summary>
    Training,
}
