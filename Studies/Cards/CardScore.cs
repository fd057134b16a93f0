using System.Text.Json;
using Agents.Policies;

namespace Studies.Cards;

/// <summary>Scores of an evaluation.</summary>
/// <param name="Of">Which policy was evaluated, such as <c>last</c>.</param>
/// <param name="Episodes">Episodes.</param>
/// <param name="Mean">Mean return.</param>
/// <param name="Deviation">Standard deviation of the returns; null where it is not known.</param>
/// <param name="Steps">Environment steps that the policy had learned from.</param>
internal sealed record CardScore(string Of, int Episodes, double Mean, double? Deviation, long Steps)
{
    // Of the normal distribution.
    private const double Quantile = 1.959964;

    /// <summary>Ends of the 95 % interval of the mean, by the normal approximation; null where there is none.</summary>
    public (double Low, double High)? Interval =>
        Deviation is { } deviation && Episodes > 1
            ? (Mean - Quantile * deviation / Math.Sqrt(Episodes), Mean + Quantile * deviation / Math.Sqrt(Episodes))
            : null;

    /// <summary>What a saved policy says of itself; null where it was not evaluated.</summary>
    public static CardScore? OfPolicy(string of, PolicyInfo info) =>
        info is { Episodes: > 0, MeanReturn: { } mean }
            ? new CardScore(of, info.Episodes, mean, info.StdReturn, info.EnvironmentSteps)
            : null;

    /// <summary>What a summary says of the last policy; null where it holds no evaluation.</summary>
    public static CardScore? OfSummary(JsonElement summary)
    {
        if (
            summary.ValueKind != JsonValueKind.Object
            || !summary.TryGetProperty("evaluation", out JsonElement evaluation)
            || evaluation.ValueKind != JsonValueKind.Object
        )
        {
            return null;
        }
        return Number(evaluation, "episodes") is { } episodes && Number(evaluation, "mean_return") is { } mean
            ? new CardScore(
                "last",
                (int)episodes,
                mean,
                Number(evaluation, "std_return"),
                (long)(Number(summary, "env_steps") ?? 0)
            )
            : null;
    }

    private static double? Number(JsonElement element, string name) =>
        element.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.Number ? value.GetDouble() : null;
}
