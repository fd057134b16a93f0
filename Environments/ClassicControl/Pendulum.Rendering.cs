using Environments.Rendering;
using SkiaSharp;

namespace Environments.ClassicControl;

public partial struct Pendulum : IRenderedEnvironment
{
    private const int PictureSize = 500;
    private const float HalfView = 2.2f;

    private static readonly SKColor RodColour = new(204, 77, 77);

    /// <inheritdoc/>
    public readonly SKSizeI RenderSize => new(PictureSize, PictureSize);

    /// <inheritdoc/>
    public readonly void Render(SKCanvas canvas)
    {
        const float scale = PictureSize / (2 * HalfView);
        using var sketch = new Sketch(canvas, scale, new SKPoint(PictureSize / 2, PictureSize / 2), PictureSize);
        sketch.Place(0, 0, _angle + Math.PI / 2);
        sketch.Rectangle(0, -0.1f, 1, 0.1f, RodColour);
        sketch.Circle(0, 0, 0.1f, RodColour);
        sketch.Circle(1, 0, 0.1f, RodColour);
        sketch.Place(0, 0, -_angle - Math.PI / 2);
        DrawTorque(sketch);
        sketch.Circle(0, 0, 0.05f, SKColors.Black);
    }

    /// <summary>An arrow around the axle: as large as the latest torque, its head where the torque turns to.</summary>
    private readonly void DrawTorque(Sketch sketch)
    {
        float radius = 0.5f * (float)Math.Abs(_torque / MaxTorque);
        if (radius < 0.02f)
        {
            return;
        }
        const int pieces = 40;
        const double span = 1.5 * Math.PI;
        int direction = Math.Sign(_torque);
        Span<SKPoint> arc = stackalloc SKPoint[pieces];
        for (int i = 0; i < pieces; i++)
        {
            arc[i] = OnCircle(direction * span * i / (pieces - 1), radius);
        }
        sketch.Lines(SKColors.Black, 0.08f * radius, arc);
        sketch.Polygon(
            SKColors.Black,
            OnCircle(direction * span, 0.75f * radius),
            OnCircle(direction * span, 1.25f * radius),
            OnCircle(direction * (span + 0.5), radius)
        );
    }

    private static SKPoint OnCircle(double angle, float radius) =>
        new(radius * (float)Math.Cos(angle), radius * (float)Math.Sin(angle));
}
