using SkiaSharp;

namespace Environments.Rendering;

/// <summary>A line of text below a picture. Where the machine has no font the line stays empty.</summary>
internal sealed class ScoreCaption : IDisposable
{
    private const string Family = "DejaVu Sans";

    private readonly SKTypeface? _typeface;
    private readonly SKPaint _paint = new() { Color = SKColors.White, IsAntialias = true };

    /// <summary>A caption in the family that most systems have, else in the default one.</summary>
    public ScoreCaption()
        : this(SKTypeface.FromFamilyName(Family) ?? SKTypeface.Default) { }

    /// <summary>A caption in the given typeface; null for none.</summary>
    public ScoreCaption(SKTypeface? typeface) => _typeface = typeface;

    /// <summary>Rows that a caption takes below a picture of the given width.</summary>
    public static int HeightFor(int width) => Math.Clamp(width / 20, 14, 40);

    /// <summary>Draws the text, made smaller where it would not fit.</summary>
    public void Draw(SKCanvas canvas, SKRect area, string text)
    {
        using (var background = new SKPaint { Color = new SKColor(32, 32, 32) })
        {
            canvas.DrawRect(area, background);
        }
        if (_typeface is null)
        {
            return;
        }
        float padding = area.Height * 0.25f;
        using var font = new SKFont(_typeface, area.Height * 0.6f);
        float width = font.MeasureText(text);
        float room = area.Width - 2 * padding;
        if (width > room && width > 0)
        {
            font.Size = Math.Max(1, font.Size * room / width);
        }
        canvas.Save();
        canvas.ClipRect(area);
        canvas.DrawText(text, area.Left + padding, area.MidY + font.Size * 0.36f, font, _paint);
        canvas.Restore();
    }

    /// <summary>Releases the typeface and the paint.</summary>
    public void Dispose()
    {
        _paint.Dispose();
        _typeface?.Dispose();
    }
}
