using System.Globalization;
using System.Text;
using Protos.Foreign;

namespace Studies.Cards;

/// <summary>Markdown, with text of others as text: nothing in it becomes a link, a picture or a tag.</summary>
internal sealed class CardMarkdown
{
    private const string Marks = "\\`*_{}[]<>|#!";
    private readonly StringBuilder _text = new();

    /// <summary>A heading with an empty line around it.</summary>
    public void Heading(int level, string text)
    {
        bool isApart = _text.Length < 2 || (_text[^1] == '\n' && _text[^2] == '\n');
        _text.Append(isApart ? "" : "\n").Append('#', level).Append(' ').Append(text).Append("\n\n");
    }

    /// <summary>A paragraph.</summary>
    public void Paragraph(string text) => _text.Append(text).Append("\n\n");

    /// <summary>An item of a list.</summary>
    public void Item(string text) => _text.Append("- ").Append(text).Append('\n');

    /// <summary>A table.</summary>
    /// <param name="header">Titles of the columns.</param>
    /// <param name="rows">Cells, as many as titles.</param>
    public void Table(IReadOnlyList<string> header, IEnumerable<IReadOnlyList<string>> rows)
    {
        Row(header);
        Row([.. header.Select(_ => "---")]);
        foreach (IReadOnlyList<string> row in rows)
        {
            Row(row);
        }
        _text.Append('\n');
    }

    /// <summary>A block that is folded until somebody opens it.</summary>
    /// <param name="title">What stands there while it is folded.</param>
    /// <param name="language">Language of the code.</param>
    /// <param name="code">What is in it.</param>
    public void Folded(string title, string language, string code)
    {
        // Longer than any fence within.
        string fence = new('`', Math.Max(3, LongestRun(code, '`') + 1));
        _text.Append("<details>\n<summary>").Append(title).Append("</summary>\n\n");
        _text
            .Append(fence)
            .Append(language)
            .Append('\n')
            .Append(code.TrimEnd())
            .Append('\n')
            .Append(fence)
            .Append("\n\n</details>\n\n");
    }

    /// <summary>A picture.</summary>
    /// <param name="text">What it shows.</param>
    /// <param name="file">Its name, beside the card.</param>
    public void Picture(string text, string file) => Paragraph($"![{text}](<{Uri.EscapeDataString(file)}>)");

    /// <summary>Text of others as it is.</summary>
    public static string Escape(string? text)
    {
        var escaped = new StringBuilder();
        foreach (char letter in ForeignText.Show(text))
        {
            escaped.Append(Marks.Contains(letter, StringComparison.Ordinal) ? "\\" : "").Append(letter);
        }
        return escaped.ToString();
    }

    /// <summary>A number with as many digits behind the point as say something: two of large ones, four of small ones.</summary>
    public static string Number(double number) =>
        number.ToString(Math.Abs(number) >= 10 ? "#,0.##" : "0.####", CultureInfo.InvariantCulture);

    /// <inheritdoc/>
    public override string ToString() => _text.ToString().TrimEnd() + "\n";

    private void Row(IReadOnlyList<string> cells) => _text.Append("| ").AppendJoin(" | ", cells).Append(" |\n");

    private static int LongestRun(string text, char letter)
    {
        int longest = 0;
        int run = 0;
        foreach (char next in text)
        {
            run = next == letter ? run + 1 : 0;
            longest = Math.Max(longest, run);
        }
        return longest;
    }
}
