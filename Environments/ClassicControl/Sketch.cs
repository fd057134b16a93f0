using SkiaSharp;

namespace Environments.ClassicControl;

/// <summary>Anti-aliased shapes in coordinates whose y axis points up, as the classic tasks are drawn.</summary>
internal sealed class Sketch : IDisposable
{
    private readonly SKCanvas _canvas;
    private readonly SKPaint _paint;

    /// <summary>A white picture; whatever the canvas was set to is back after <see cref="Dispose"/>.</summary>
    /// <param name="canvas">Destination.</param>
    /// <param name="scale">Pixels per unit.</param>
    /// <param name="origin">Pixel, counted from the lower left, at which the coordinates are 0.</param>
    /// <param name="height">Pixels of the picture's height.</param>
    public Sketch(SKCanvas canvas, float scale, SKPoint origin, float height)
    {
        _canvas = canvas;
        _paint = new SKPaint { IsAntialias = true };
        canvas.Save();
        canvas.Clear(SKColors.White);
        canvas.Translate(origin.X, height - origin.Y);
        canvas.Scale(scale, -scale);
    }

    /// <summary>Moves what is drawn next: first turned by radians against the clock, then shifted.</summary>
    public void Place(double x, double y, double angle = 0)
    {
        _canvas.Translate((float)x, (float)y);
        _canvas.RotateRadians((float)angle);
    }

    /// <summary>A filled rectangle.</summary>
    public void Rectangle(float left, float bottom, float right, float top, SKColor colour)
    {
        _paint.Color = colour;
        _canvas.DrawRect(left, bottom, right - left, top - bottom, _paint);
    }

    /// <summary>A filled circle.</summary>
    public void Circle(float x, float y, float radius, SKColor colour)
    {
        _paint.Color = colour;
        _canvas.DrawCircle(x, y, radius, _paint);
    }

    /// <summary>A filled polygon.</summary>
    public void Polygon(SKColor colour, params ReadOnlySpan<SKPoint> corners)
    {
        using SKPath path = PathOf(corners);
        path.Close();
        _paint.Color = colour;
        _canvas.DrawPath(path, _paint);
    }

    /// <summary>Joined lines.</summary>
    public void Lines(SKColor colour, float width, params ReadOnlySpan<SKPoint> corners)
    {
        using SKPath path = PathOf(corners);
        _paint.Color = colour;
        _paint.StrokeWidth = width;
        _paint.Style = SKPaintStyle.Stroke;
        _canvas.DrawPath(path, _paint);
        _paint.Style = SKPaintStyle.Fill;
    }

    /// <summary>Puts the canvas back.</summary>
    public void Dispose()
    {
        _canvas.Restore();
        _paint.Dispose();
    }

    private static SKPath PathOf(ReadOnlySpan<SKPoint> corners)
    {
        var path = new SKPath();
        path.MoveTo(corners[0]);
        foreach (SKPoint corner in corners[1..])
        {
            path.LineTo(corner);
        }
        return path;
    }
}
