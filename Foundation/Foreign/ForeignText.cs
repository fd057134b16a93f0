using System.Globalization;
using System.Text;

namespace Protos.Foreign;

/// <summary>Text that files, servers and other processes wrote, made fit to be shown: one line, no command to a terminal, no flood.</summary>
internal static class ForeignText
{
    /// <summary>Characters of foreign text that are shown at most.</summary>
    public const int MaxLength = 300;

    // A message of ours around foreign text: what and how to fix stand at its ends, which stay.
    private const int LongestMessage = 1_000;

    private const int LongestName = 80;

    private const string Cut = " … ";

    /// <summary>A name or text of others for use within a message: at most 300 characters, of a longer one its beginning and its end.</summary>
    public static string Show(string? text) => Shorten(text ?? "", MaxLength);

    /// <summary>A name of others for use within a message that may hold several: at most 80 characters.</summary>
    public static string ShowName(string? name) => Shorten(name ?? "", LongestName);

    /// <summary>A whole message, in which foreign text stands, as one line.</summary>
    public static string Line(string? message) => Shorten(message ?? "", LongestMessage);

    /// <summary>Several lines of others, such as a traceback: the last <paramref name="count"/>, each at most 300 characters.</summary>
    public static IEnumerable<string> Lines(string text, int count)
    {
        // Of a flood only the end is looked at.
        int longest = 4 * count * MaxLength;
        string end = text.Length > longest ? text[^longest..] : text;
        return end.TrimEnd().ReplaceLineEndings("\n").Split('\n').TakeLast(count).Select(Show);
    }

    private static string Shorten(string text, int limit)
    {
        // Escapes lengthen a text, so it is cut before and after: before to bound the work, after to bound what is shown.
        string shown = Escape(Middle(text, limit));
        return shown.Length <= limit ? shown : Middle(shown, limit);
    }

    private static string Middle(string text, int limit)
    {
        if (text.Length <= limit)
        {
            return text;
        }
        int kept = limit - Cut.Length;
        int end = kept / 3;
        return string.Concat(text.AsSpan(0, kept - end), Cut, text.AsSpan(text.Length - end));
    }

    private static string Escape(string text)
    {
        StringBuilder? escaped = null;
        int position = 0;
        while (position < text.Length)
        {
            bool whole = Rune.TryGetRuneAt(text, position, out Rune rune);
            int length = whole ? rune.Utf16SequenceLength : 1;
            string? replacement = whole ? Replacement(rune) : Code(text[position]);
            if (replacement is not null)
            {
                escaped ??= new StringBuilder(text, 0, position, text.Length + 16);
                escaped.Append(replacement);
            }
            else
            {
                escaped?.Append(text, position, length);
            }
            position += length;
        }
        return escaped?.ToString() ?? text;
    }

    // Format characters turn the direction of what follows or hide in it, so that a line would read otherwise than it is.
    private static string? Replacement(Rune rune) =>
        rune.Value switch
        {
            '\n' => "\\n",
            '\r' => "\\r",
            '\t' => "\\t",
            _ => Rune.GetUnicodeCategory(rune)
                is UnicodeCategory.Control
                    or UnicodeCategory.Format
                    or UnicodeCategory.LineSeparator
                    or UnicodeCategory.ParagraphSeparator
                ? Code(rune.Value)
                : null,
        };

    private static string Code(int value) => string.Create(CultureInfo.InvariantCulture, $"\\u{value:X4}");
}
