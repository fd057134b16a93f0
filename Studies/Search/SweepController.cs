using Studies.Trials;

namespace Studies.Search;

/// <summary>Trains a number of candidates to the end, each with all seeds before the next one is chosen.</summary>
/// <param name="outline">The study.</param>
/// <param name="count">Candidates.</param>
/// <param name="propose">Values of a candidate, from its number and what is known of earlier ones.</param>
internal sealed class SweepController(StudyOutline outline, int count, Func<int, StudyState, SearchPoint> propose)
    : IStudyController
{
    /// <inheritdoc/>
    public Leg? Next(StudyState state)
    {
        var candidates = new Candidates(outline, state);
        if (
            candidates.Count > 0
            && candidates.NextLeg(candidates.Count - 1, outline.TotalSteps, candidates.ValuesOf(candidates.Count - 1)) is { } leg
        )
        {
            return leg;
        }
        return candidates.Count < count
            ? candidates.NextLeg(candidates.Count, outline.TotalSteps, propose(candidates.Count, state))
            : null;
    }
}
