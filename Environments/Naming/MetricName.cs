namespace Environments.Naming;

/// <summary>Names of metrics that are a user's own. They head columns of a table, and stand in checkpoints.</summary>
internal static class MetricName
{
    /// <summary>What metrics begin with that environments measure.</summary>
    public const string OfEnvironments = "environment/";

    /// <summary>Metrics of a user's own that a run may have: more are a sign of a name with a number in it that changes.</summary>
    public const int MostNames = 200;

    private const int MaxLength = 100;

    /// <summary>Why a name cannot be one, in a sentence with a remedy; null where it can.</summary>
    public static string? Mistake(string? name) =>
        string.IsNullOrWhiteSpace(name) ? "A metric needs a name. Name it like queue_length."
        : name.Length > MaxLength
            ? $"The metric's name '{name[..20]}…' has {name.Length} characters, and at most {MaxLength} head a column. Shorten it."
        : name.Any(letter => letter is ',' or '"' || char.IsControl(letter))
            ? $"'{name.ReplaceLineEndings(" ")}' is no metric's name: it would head a column of metrics.csv, so it holds no comma, quote or line break. Name it like queue_length."
        : null;

    /// <summary>Requires that a name can be one.</summary>
    /// <exception cref="ArgumentException">It cannot.</exception>
    public static void Require(string? name)
    {
        if (Mistake(name) is { } mistake)
        {
            throw new ArgumentException(mistake, nameof(name));
        }
    }
}
