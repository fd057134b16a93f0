using SkiaSharp;

namespace Environments.Memory;

/// <summary>Symbols as coloured shapes, and the few other things that the memory tasks draw.</summary>
internal static class SymbolDrawing
{
    private static readonly SKColor Background = new(0xFA, 0xFA, 0xF7);
    private static readonly SKColor Ink = new(0x33, 0x3A, 0x45);
    private static readonly SKColor Faint = new(0xDD, 0xDF, 0xE3);
    private static readonly SKColor Good = new(0x2E, 0x9E, 0x5B);

    private static readonly SKColor[] Colours =
    [
        new(0xE4, 0x57, 0x56),
        new(0x4C, 0x78, 0xA8),
        new(0x54, 0xA2, 0x4B),
        new(0xF2, 0xA1, 0x3B),
        new(0x8E, 0x6C, 0xB8),
        new(0x3F, 0xB5, 0xB0),
        new(0xD6, 0x6B, 0xA0),
        new(0x9C, 0x75, 0x5F),
    ];

    /// <summary>Size of most pictures, pixels.</summary>
    public static SKSizeI Size { get; } = new(320, 160);

    /// <summary>Paints everything over.</summary>
    public static void Clear(SKCanvas canvas) => canvas.Clear(Background);

    /// <summary>A symbol: one of eight colours, and a shape that changes with it.</summary>
    /// <param name="canvas">Destination.</param>
    /// <param name="symbol">Which one, from 0 on.</param>
    /// <param name="x">Centre.</param>
    /// <param name="y">Centre.</param>
    /// <param name="radius">Half its width.</param>
    /// <param name="strong">False to draw what is hidden from the agent: an outline.</param>
    public static void Symbol(SKCanvas canvas, int symbol, float x, float y, float radius, bool strong = true)
    {
        using SKPaint paint = Paint(Colours[symbol % Colours.Length], strong);
        int shape = (symbol + symbol / Colours.Length) % 4;
        switch (shape)
        {
            case 0:
                canvas.DrawCircle(x, y, radius, paint);
                break;
            case 1:
                canvas.DrawRect(x - 0.85f * radius, y - 0.85f * radius, 1.7f * radius, 1.7f * radius, paint);
                break;
            default:
                float top = shape == 2 ? 0.75f * radius : 0;
                using (var path = new SKPath())
                {
                    path.MoveTo(x, y - radius);
                    path.LineTo(x + radius, y + top);
                    if (shape == 3)
                    {
                        path.LineTo(x, y + radius);
                    }
                    path.LineTo(x - radius, y + top);
                    path.Close();
                    canvas.DrawPath(path, paint);
                }
                break;
        }
    }

    /// <summary>A rectangle: filled faintly, or in the colour of something good, or in a symbol's colour.</summary>
    public static void Tile(SKCanvas canvas, SKRect place, bool good = false, int symbol = -1)
    {
        using SKPaint paint = Paint(
            symbol >= 0 ? Colours[symbol % Colours.Length]
                : good ? Good
                : Faint,
            true
        );
        canvas.DrawRect(place, paint);
    }

    /// <summary>A frame around a rectangle.</summary>
    public static void Frame(SKCanvas canvas, SKRect place)
    {
        using SKPaint paint = Paint(Ink, false);
        canvas.DrawRect(place, paint);
    }

    /// <summary>A dark disc: the agent.</summary>
    public static void Agent(SKCanvas canvas, float x, float y, float radius)
    {
        using SKPaint paint = Paint(Ink, true);
        canvas.DrawCircle(x, y, radius, paint);
    }

    /// <summary>A thick dark line.</summary>
    public static void Line(SKCanvas canvas, float x0, float y0, float x1, float y1)
    {
        using SKPaint paint = Paint(Ink, false);
        paint.StrokeWidth = 8;
        canvas.DrawLine(x0, y0, x1, y1, paint);
    }

    /// <summary>How much of the episode is over, along the lower edge.</summary>
    /// <param name="canvas">Destination.</param>
    /// <param name="size">Size of the picture.</param>
    /// <param name="share">0 to 1.</param>
    public static void Progress(SKCanvas canvas, SKSizeI size, float share)
    {
        Tile(canvas, SKRect.Create(0, size.Height - 8, size.Width, 8));
        using SKPaint paint = Paint(Ink, true);
        canvas.DrawRect(0, size.Height - 8, size.Width * Math.Clamp(share, 0, 1), 8, paint);
    }

    /// <summary>A row of bits as dark and light squares.</summary>
    public static void Bits(SKCanvas canvas, ulong bits, int count, SKRect place)
    {
        using SKPaint dark = Paint(Ink, true);
        using SKPaint light = Paint(Faint, true);
        float width = place.Width / Math.Max(count, 1);
        for (int i = 0; i < count; i++)
        {
            SKPaint paint = (bits >> i & 1) != 0 ? dark : light;
            canvas.DrawRect(place.Left + i * width + 1, place.Top, Math.Max(width - 2, 1), place.Height, paint);
        }
    }

    private static SKPaint Paint(SKColor colour, bool filled) =>
        new()
        {
            Color = colour,
            IsAntialias = true,
            Style = filled ? SKPaintStyle.Fill : SKPaintStyle.Stroke,
            StrokeWidth = 3,
        };
}
