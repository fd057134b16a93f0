using Environments.Rendering;
using SkiaSharp;

namespace Environments.ClassicControl;

public partial struct Acrobot : IRenderedEnvironment
{
    private const int PictureSize = 500;
    private const float HalfView = 2.2f; // both links and a margin

    private static readonly SKColor LinkColour = new(0, 204, 204);
    private static readonly SKColor JointColour = new(204, 204, 0);

    /// <inheritdoc/>
    public readonly SKSizeI RenderSize => new(PictureSize, PictureSize);

    /// <inheritdoc/>
    public readonly int FramesPerSecond => 15;

    /// <inheritdoc/>
    public readonly void Render(SKCanvas canvas)
    {
        const float scale = PictureSize / (2 * HalfView);
        using var sketch = new Sketch(canvas, scale, new SKPoint(PictureSize / 2, PictureSize / 2), PictureSize);
        sketch.Lines(SKColors.Black, 1 / scale, new SKPoint(-HalfView, 1), new SKPoint(HalfView, 1));
        sketch.Place(0, 0, _angle1 - Math.PI / 2);
        DrawLink(sketch);
        sketch.Place(1, 0, _angle2);
        DrawLink(sketch);
    }

    private static void DrawLink(Sketch sketch)
    {
        sketch.Rectangle(0, -0.1f, 1, 0.1f, LinkColour);
        sketch.Circle(0, 0, 0.1f, JointColour);
    }
}
