using Studies.Trials;

namespace Studies.Search;

/// <summary>A candidate as the estimator sees it.</summary>
/// <param name="Values">Its values.</param>
/// <param name="Steps">Steps at which it was scored last; more are better than fewer, whatever the scores.</param>
/// <param name="Score">Its score there; null while it trains.</param>
internal readonly record struct ParzenTrial(SearchPoint Values, long Steps, double? Score);
