using System.Globalization;
using System.Text;

namespace Environments.Rendering.Terminal;

/// <summary>Pictures as text: half blocks (▀) whose two halves are coloured with 24 bits, two rows of pixels a line.</summary>
internal static class TerminalPicture
{
    /// <summary>Whether the terminal says that it shows 24-bit colours.</summary>
    /// <param name="variable">Looks an environment variable up.</param>
    public static bool IsSupported(Func<string, string?> variable) =>
        string.IsNullOrEmpty(variable("NO_COLOR"))
        && variable("TERM") != "dumb"
        && (variable("COLORTERM") is "truecolor" or "24bit" || !string.IsNullOrEmpty(variable("WT_SESSION")));

    /// <summary>The scale at which a picture fits into so many columns and lines; never above 1 pixel per half block.</summary>
    public static double FitScale(RenderInfo info, int columns, int lines) =>
        Math.Min(1, Math.Min((double)columns / info.Size.Width, 2.0 * lines / info.Size.Height));

    /// <summary>The picture as lines that each end with a reset of the colours and a newline.</summary>
    /// <param name="rgba"><c>[height, width, 4]</c>.</param>
    /// <param name="width">Pixels per row.</param>
    public static string ToText(ReadOnlySpan<byte> rgba, int width)
    {
        int height = rgba.Length / (4 * width);
        var text = new StringBuilder();
        for (int y = 0; y < height; y += 2)
        {
            (int upper, int lower) = (-1, -1);
            for (int x = 0; x < width; x++)
            {
                int top = ColourAt(rgba, y * width + x);
                int bottom = y + 1 < height ? ColourAt(rgba, (y + 1) * width + x) : 0;
                if (top != upper)
                {
                    AppendColour(text, 38, top);
                    upper = top;
                }
                if (bottom != lower)
                {
                    AppendColour(text, 48, bottom);
                    lower = bottom;
                }
                text.Append('▀');
            }
            text.Append("\e[0m\n");
        }
        return text.ToString();
    }

    private static int ColourAt(ReadOnlySpan<byte> rgba, int pixel) =>
        rgba[4 * pixel] << 16 | rgba[4 * pixel + 1] << 8 | rgba[4 * pixel + 2];

    private static void AppendColour(StringBuilder text, int layer, int colour) =>
        text.Append(CultureInfo.InvariantCulture, $"\e[{layer};2;{colour >> 16};{colour >> 8 & 255};{colour & 255}m");
}
