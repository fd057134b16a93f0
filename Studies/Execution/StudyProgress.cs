using Studies.Trials;

namespace Studies.Execution;

/// <summary>How far a study is.</summary>
/// <param name="Plan">What is studied.</param>
/// <param name="Legs">Legs in the order in which they were begun, as they are now.</param>
/// <param name="Steps">Environment steps of trials that train, by number of the leg.</param>
/// <param name="Lost">Legs that were lost and begun again since the study was started or gone on with.</param>
internal sealed record StudyProgress(StudyPlan Plan, IReadOnlyList<LegView> Legs, IReadOnlyDictionary<int, long> Steps, int Lost);

/// <summary>A leg and its result as they were at a moment.</summary>
/// <param name="Leg">The leg.</param>
/// <param name="Result">Its result; null while it trains.</param>
internal readonly record struct LegView(Leg Leg, LegResult? Result);
