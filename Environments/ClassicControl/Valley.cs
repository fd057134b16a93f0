using SkiaSharp;

namespace Environments.ClassicControl;

/// <summary>The picture of both mountain cars: a sine-shaped track, the car upon it, a flag at the goal.</summary>
internal static class Valley
{
    public const int Width = 600;
    public const int Height = 400;
    private const double Left = -1.2;
    private const double Right = 0.6;
    private const float Scale = (float)(Width / (Right - Left));
    private const double Clearance = 10;

    private static readonly SKColor WheelColour = new(128, 128, 128);
    private static readonly SKColor FlagColour = new(204, 204, 0);
    private static readonly SKPoint[] Track = CreateTrack();

    /// <summary>Draws the car at a position along the valley, which lies in [−1.2, 0.6].</summary>
    public static void Draw(SKCanvas canvas, double position, double goal)
    {
        using var sketch = new Sketch(canvas, 1, default, Height);
        sketch.Lines(SKColors.Black, 1, Track);
        SKPoint flag = PointAt(goal);
        sketch.Lines(SKColors.Black, 1, flag, flag + new SKPoint(0, 50));
        sketch.Polygon(FlagColour, flag + new SKPoint(0, 50), flag + new SKPoint(0, 40), flag + new SKPoint(25, 45));

        SKPoint car = PointAt(position);
        sketch.Place(car.X, car.Y + Clearance, Math.Cos(3 * position));
        sketch.Polygon(SKColors.Black, new SKPoint(-20, 0), new SKPoint(-20, 20), new SKPoint(20, 20), new SKPoint(20, 0));
        sketch.Circle(-10, 0, 8, WheelColour);
        sketch.Circle(10, 0, 8, WheelColour);
    }

    private static SKPoint PointAt(double position) =>
        new((float)(position - Left) * Scale, (float)(Math.Sin(3 * position) * 0.45 + 0.55) * Scale);

    private static SKPoint[] CreateTrack()
    {
        var track = new SKPoint[100];
        for (int i = 0; i < track.Length; i++)
        {
            track[i] = PointAt(Left + (Right - Left) * i / (track.Length - 1));
        }
        return track;
    }
}
