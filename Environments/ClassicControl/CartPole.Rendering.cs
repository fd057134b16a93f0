using Environments.Rendering;
using SkiaSharp;

namespace Environments.ClassicControl;

public partial struct CartPole : IRenderedEnvironment
{
    private const int Width = 600;
    private const int Height = 400;
    private const float PixelsPerMetre = Width / (2 * (float)PositionLimit);
    private const float TrackHeight = 100;

    private static readonly SKColor PoleColour = new(202, 152, 101);
    private static readonly SKColor AxleColour = new(129, 132, 203);

    /// <inheritdoc/>
    public readonly SKSizeI RenderSize => new(Width, Height);

    /// <inheritdoc/>
    public readonly int FramesPerSecond => 50;

    /// <inheritdoc/>
    public readonly void Render(SKCanvas canvas) => Render(canvas, UsualHalfLength);

    /// <summary>Draws a pole of another length, whose end may lie outside.</summary>
    internal readonly void Render(SKCanvas canvas, double halfLength)
    {
        using var sketch = new Sketch(canvas, 1, new SKPoint(Width / 2, TrackHeight), Height);
        sketch.Rectangle(-Width / 2, -0.5f, Width / 2, 0.5f, SKColors.Black);
        sketch.Place(_position * PixelsPerMetre, 0);
        sketch.Rectangle(-25, -15, 25, 15, SKColors.Black);
        sketch.Place(0, 7.5, -_angle);
        sketch.Rectangle(-5, -5, 5, 2 * (float)halfLength * PixelsPerMetre - 5, PoleColour);
        sketch.Circle(0, 0, 5, AxleColour);
    }
}
