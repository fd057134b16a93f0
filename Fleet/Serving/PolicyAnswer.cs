namespace Fleet.Serving;

/// <summary>What a policy decided.</summary>
/// <param name="Actions"><c>[B, ActionSize]</c>: members of the action space, or the raw samples where they were asked for.</param>
/// <param name="LogProbs"><c>[B]</c>.</param>
/// <param name="CoreState"><c>[B, CoreStateSize]</c>, for the next question.</param>
internal sealed record PolicyAnswer(float[] Actions, float[] LogProbs, float[] CoreState);
