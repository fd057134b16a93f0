using System.Numerics;
using Environments.MuJoCo.Engine;
using SkiaSharp;

namespace Environments.MuJoCo.Rendering;

/// <summary>Draws the shapes of a simulation in perspective, far ones first, over a chequered floor with shadows. Needs no graphics driver.</summary>
/// <remarks>Spheres, capsules, cylinders, ellipsoids and boxes are drawn as shaded outlines; shapes that interpenetrate are sorted by their middles.</remarks>
internal static class ScenePainter
{
    private const float FloorReach = 12; // metres around the point that is looked at
    private const float ShadowLift = 0.002f;

    private static readonly Vector3 ToLight = Vector3.Normalize(new Vector3(-0.3f, -0.4f, 1));

    /// <summary>Width and height of the picture.</summary>
    public static SKSizeI Size { get; } = new(480, 360);

    /// <summary>Paints the scene over the whole canvas.</summary>
    public static void Paint(SKCanvas canvas, MuJoCoSimulation simulation, MuJoCoCamera camera)
    {
        ReadOnlySpan<int> types = simulation.Model.GeomTypes;
        var shapes = new List<Shape>(types.Length);
        Shape? floor = null;
        for (int i = 0; i < types.Length; i++)
        {
            var shape = Shape.Of(simulation, i);
            if (shape.Kind == ShapeKind.Plane)
            {
                floor ??= shape;
            }
            else
            {
                shapes.Add(shape);
            }
        }
        var view = new View(camera, simulation.BodyPositions[3..], Size);
        shapes.Sort((a, b) => view.Depth(b.Middle).CompareTo(view.Depth(a.Middle)));
        using var paint = new SKPaint { IsAntialias = true };
        PaintSky(canvas, paint);
        if (floor is { } ground)
        {
            PaintFloor(canvas, paint, view, ground);
            foreach (Shape shape in shapes)
            {
                PaintShadow(canvas, paint, view, shape, ground.Middle.Z);
            }
        }
        foreach (Shape shape in shapes)
        {
            PaintShape(canvas, paint, view, shape);
        }
    }

    private static void PaintSky(SKCanvas canvas, SKPaint paint)
    {
        using var shader = SKShader.CreateLinearGradient(
            new SKPoint(0, 0),
            new SKPoint(0, Size.Height),
            [new SKColor(0x6C, 0x8E, 0xB4), new SKColor(0xD8, 0xE2, 0xEC)],
            SKShaderTileMode.Clamp
        );
        paint.Shader = shader;
        canvas.DrawRect(0, 0, Size.Width, Size.Height, paint);
        paint.Shader = null;
    }

    private static void PaintFloor(SKCanvas canvas, SKPaint paint, in View view, in Shape ground)
    {
        float height = ground.Middle.Z;
        float tile = view.TileSize;
        (int column, int row) = ((int)MathF.Floor(view.Target.X / tile), (int)MathF.Floor(view.Target.Y / tile));
        int reach = (int)MathF.Ceiling(Math.Min(FloorReach, 24 * tile) / tile);
        paint.IsAntialias = false; // seams between the tiles would shimmer
        for (int y = row - reach; y <= row + reach; y++)
        {
            for (int x = column - reach; x <= column + reach; x++)
            {
                ReadOnlySpan<Vector3> corners =
                [
                    new(x * tile, y * tile, height),
                    new((x + 1) * tile, y * tile, height),
                    new((x + 1) * tile, (y + 1) * tile, height),
                    new(x * tile, (y + 1) * tile, height),
                ];
                bool dark = ((x + y) & 1) != 0;
                paint.Color = dark ? new SKColor(0x8F, 0xA6, 0x97) : new SKColor(0xA9, 0xBF, 0xAE);
                FillPolygon(canvas, paint, view, corners);
            }
        }
        paint.IsAntialias = true;
    }

    private static void PaintShadow(SKCanvas canvas, SKPaint paint, in View view, in Shape shape, float ground)
    {
        if (shape.Middle.Z < ground)
        {
            return;
        }
        Span<Vector3> outline = stackalloc Vector3[Shape.MostPoints];
        int count = shape.Sample(outline);
        Span<SKPoint> points = stackalloc SKPoint[Shape.MostPoints];
        int seen = 0;
        foreach (Vector3 point in outline[..count])
        {
            Vector3 fallen = point - ToLight * ((point.Z - ground) / ToLight.Z);
            fallen.Z = ground + ShadowLift;
            if (view.TryProject(fallen, out SKPoint projected, out _))
            {
                points[seen++] = projected;
            }
        }
        paint.Color = new SKColor(0, 0, 0, 0x38);
        FillHull(canvas, paint, points[..seen]);
    }

    private static void PaintShape(SKCanvas canvas, SKPaint paint, in View view, in Shape shape)
    {
        Span<Vector3> surface = stackalloc Vector3[Shape.MostPoints];
        int count = shape.Sample(surface);
        Span<SKPoint> points = stackalloc SKPoint[Shape.MostPoints];
        int seen = 0;
        foreach (Vector3 point in surface[..count])
        {
            if (view.TryProject(point, out SKPoint projected, out _))
            {
                points[seen++] = projected;
            }
        }
        if (seen < 3 || !view.TryProject(shape.Middle, out SKPoint middle, out float scale))
        {
            return;
        }
        float radius = shape.Thickness * scale;
        Vector2 axis = shape.Kind is ShapeKind.Capsule or ShapeKind.Cylinder ? view.Direction(shape.Axis) : default;
        SKColor lit = Mix(shape.Colour, SKColors.White, 0.35f);
        SKColor dim = Mix(shape.Colour, SKColors.Black, 0.35f);
        // Bright on the upper left: across a rod, or out from a point on a ball.
        using SKShader shader =
            axis.Length() > 0.3f
                ? AcrossRod(middle, Vector2.Normalize(axis), radius, lit, shape.Colour, dim)
                : SKShader.CreateRadialGradient(
                    new SKPoint(middle.X - 0.35f * radius, middle.Y - 0.35f * radius),
                    1.5f * radius,
                    [lit, shape.Colour, dim],
                    [0, 0.5f, 1],
                    SKShaderTileMode.Clamp
                );
        paint.Color = SKColors.Black; // opaque: the shader has the colours
        paint.Shader = shader;
        FillHull(canvas, paint, points[..seen]);
        paint.Shader = null;
    }

    private static SKShader AcrossRod(SKPoint middle, Vector2 along, float radius, SKColor lit, SKColor own, SKColor dim)
    {
        var across = new Vector2(-along.Y, along.X);
        if (across.X + across.Y > 0)
        {
            across = -across;
        }
        across *= radius;
        return SKShader.CreateLinearGradient(
            new SKPoint(middle.X + across.X, middle.Y + across.Y),
            new SKPoint(middle.X - across.X, middle.Y - across.Y),
            [own, lit, own, dim],
            [0, 0.3f, 0.6f, 1],
            SKShaderTileMode.Clamp
        );
    }

    private static SKColor Mix(SKColor a, SKColor b, float share) =>
        new(
            (byte)(a.Red + (b.Red - a.Red) * share),
            (byte)(a.Green + (b.Green - a.Green) * share),
            (byte)(a.Blue + (b.Blue - a.Blue) * share),
            a.Alpha
        );

    private static void FillPolygon(SKCanvas canvas, SKPaint paint, in View view, ReadOnlySpan<Vector3> corners)
    {
        using var path = new SKPath();
        for (int i = 0; i < corners.Length; i++)
        {
            if (!view.TryProject(corners[i], out SKPoint point, out _))
            {
                return; // behind the camera
            }
            if (i == 0)
            {
                path.MoveTo(point);
            }
            else
            {
                path.LineTo(point);
            }
        }
        path.Close();
        canvas.DrawPath(path, paint);
    }

    private static void FillHull(SKCanvas canvas, SKPaint paint, Span<SKPoint> points)
    {
        Span<SKPoint> hull = stackalloc SKPoint[2 * Shape.MostPoints];
        int count = ConvexHull.Find(points, hull);
        if (count < 3)
        {
            return;
        }
        using var path = new SKPath();
        path.AddPoly(hull[..count].ToArray(), close: true);
        canvas.DrawPath(path, paint);
    }
}
