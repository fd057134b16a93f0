namespace Cli.Output;

/// <summary>Text in lines of a width.</summary>
internal static class Paragraph
{
    private const int Narrowest = 20;

    /// <summary>Breaks text between words; a word that is longer than a line has a line of its own.</summary>
    public static IEnumerable<string> Wrap(string text, int width)
    {
        width = Math.Max(width, Narrowest);
        string line = "";
        foreach (string word in text.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            if (line.Length > 0 && line.Length + 1 + word.Length > width)
            {
                yield return line;
                line = "";
            }
            line += line.Length == 0 ? word : " " + word;
        }
        if (line.Length > 0)
        {
            yield return line;
        }
    }
}
