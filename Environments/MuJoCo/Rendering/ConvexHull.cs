using SkiaSharp;

namespace Environments.MuJoCo.Rendering;

/// <summary>The outline of a cloud of points, by the monotone chain of Andrew (1979).</summary>
internal static class ConvexHull
{
    /// <summary>Finds the corners in order.</summary>
    /// <param name="points">The cloud; sorted here.</param>
    /// <param name="hull">Destination, twice as long as the cloud.</param>
    /// <returns>Number of corners.</returns>
    public static int Find(Span<SKPoint> points, Span<SKPoint> hull)
    {
        points.Sort(static (a, b) => a.X != b.X ? a.X.CompareTo(b.X) : a.Y.CompareTo(b.Y));
        int count = 0;
        foreach (SKPoint point in points)
        {
            count = Append(hull, count, 2, point);
        }
        int lower = count + 1;
        for (int i = points.Length - 2; i >= 0; i--)
        {
            count = Append(hull, count, lower, points[i]);
        }
        return Math.Max(0, count - 1); // the first point came again
    }

    private static int Append(Span<SKPoint> hull, int count, int least, SKPoint point)
    {
        while (count >= least && Turn(hull[count - 2], hull[count - 1], point) <= 0)
        {
            count--;
        }
        hull[count] = point;
        return count + 1;
    }

    private static float Turn(SKPoint a, SKPoint b, SKPoint c) => (b.X - a.X) * (c.Y - a.Y) - (b.Y - a.Y) * (c.X - a.X);
}
