namespace Studies.Trials;

/// <summary>What every controller is told of its study. Immutable.</summary>
/// <param name="Space">Settings that are varied.</param>
/// <param name="TotalSteps">Environment steps of a whole run.</param>
/// <param name="FirstSeed">Lowest seed of trials.</param>
/// <param name="Seeds">Seeds of each candidate, from the lowest on.</param>
/// <param name="Draws">Seed of the study's own draws.</param>
internal sealed record StudyOutline(SearchSpace Space, long TotalSteps, ulong FirstSeed, int Seeds, ulong Draws);
