namespace Tests.FleetTests.Serving;

/// <summary>Bodies that somebody damaged: tokens are exchanged, doubled, left out or cut.</summary>
internal static class BodyMutations
{
    private static readonly string[] Parts =
    [
        "null",
        "true",
        "0",
        "-1",
        "1.5",
        "1e400",
        "1e-400",
        "NaN",
        "-Infinity",
        "\"\"",
        "\"AAAA\"",
        "\"\\ud800\"",
        "\"\\u0000\"",
        "[]",
        "{}",
        "[[]]",
        "[",
        "]",
        "{",
        "}",
        ",",
        ":",
        "\"observation\"",
        "\"observations\"",
        "\"speed\"",
        "\"core_state\"",
        "\"x\": 1,",
        "99999999999999999999",
        "\\",
        "\u0000",
        "/* */",
        "'",
        "\u00e9",
        "1,1,1",
        "[0,0]",
        "01",
        "+1",
        ".5",
    ];

    /// <summary>A body with one to three damages, or none.</summary>
    public static string Mutate(string body, Random random)
    {
        for (int damages = random.Next(4); damages > 0 && body.Length > 0; damages--)
        {
            int at = random.Next(body.Length);
            int length = random.Next(1, Math.Min(12, body.Length - at + 1));
            body = random.Next(6) switch
            {
                0 => body.Remove(at, length),
                1 => body.Insert(at, Parts[random.Next(Parts.Length)]),
                2 => body.Remove(at, length).Insert(at, Parts[random.Next(Parts.Length)]),
                3 => body.Insert(at, body.Substring(at, length)),
                4 => body[..at],
                _ => ReplaceToken(body, random),
            };
        }
        return body;
    }

    // A whole value for another, so that what follows is JSON still.
    private static string ReplaceToken(string body, Random random)
    {
        string[] values = ["0", "0.5", "true", "4", "\"gear\""];
        string from = values[random.Next(values.Length)];
        int at = body.IndexOf(from, random.Next(body.Length), StringComparison.Ordinal);
        return at < 0 ? body : body.Remove(at, from.Length).Insert(at, Parts[random.Next(16)]);
    }
}
