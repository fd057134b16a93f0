namespace Studies.Trials;

/// <summary>
/// Decides what a study trains next. It remembers nothing: the same state gives the same decision, so that a study which was killed goes on where it was.
/// </summary>
internal interface IStudyController
{
    /// <summary>The next leg.</summary>
    /// <param name="state">What was begun and what came of it.</param>
    /// <returns>Null while nothing can be begun before something ends; for good where nothing trains.</returns>
    Leg? Next(StudyState state);
}
