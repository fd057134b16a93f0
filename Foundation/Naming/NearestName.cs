namespace Environments;

/// <summary>Finds what a mistyped name probably meant, for error messages.</summary>
internal static class NearestName
{
    private const int LongestName = 128;

    // Two letters of three are another word, such as sac and a2c.
    private const int ShortName = 3;

    /// <summary>The candidate closest to <paramref name="name"/> by edit distance, ignoring case; null when none is near, or the name is too long to be a slip.</summary>
    public static string? Find(string name, IEnumerable<string> candidates)
    {
        if (name.Length > LongestName)
        {
            return null;
        }
        string? best = null;
        int bestDistance = (name.Length <= ShortName ? 1 : Math.Max(2, name.Length / 3)) + 1;
        foreach (string candidate in candidates)
        {
            int distance = Distance(name.ToUpperInvariant(), candidate.ToUpperInvariant());
            // On a tie the one of like length, and among those the later one: the higher version.
            bool closer = distance < bestDistance;
            bool tie = distance == bestDistance && best is not null;
            if (closer || (tie && Math.Abs(candidate.Length - name.Length) <= Math.Abs(best!.Length - name.Length)))
            {
                (best, bestDistance) = (candidate, distance);
            }
        }
        return best;
    }

    /// <summary>The suggestion as the end of a sentence: <c> Did you mean 'x'?</c>, or nothing.</summary>
    public static string Suggest(string name, IEnumerable<string> candidates) =>
        Find(name, candidates) is { } nearest ? $" Did you mean '{nearest}'?" : "";

    private static int Distance(string a, string b)
    {
        var previous = new int[b.Length + 1];
        var current = new int[b.Length + 1];
        for (int j = 0; j <= b.Length; j++)
        {
            previous[j] = j;
        }
        for (int i = 1; i <= a.Length; i++)
        {
            current[0] = i;
            for (int j = 1; j <= b.Length; j++)
            {
                int substitution = previous[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
                current[j] = Math.Min(substitution, Math.Min(previous[j], current[j - 1]) + 1);
            }
            (previous, current) = (current, previous);
        }
        return previous[b.Length];
    }
}
