using System.Numerics;
using Environments.MuJoCo.Engine;
using SkiaSharp;

namespace Environments.MuJoCo.Rendering;

/// <summary>One shape of a scene, placed.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Middle">Its middle, metres.</param>
/// <param name="Side">Its own x axis.</param>
/// <param name="Front">Its own y axis.</param>
/// <param name="Axis">Its own z axis, along which rods lie.</param>
/// <param name="Extent">Radius or half-lengths, as the engine has them.</param>
/// <param name="Colour">Colour.</param>
internal readonly record struct Shape(
    ShapeKind Kind,
    Vector3 Middle,
    Vector3 Side,
    Vector3 Front,
    Vector3 Axis,
    Vector3 Extent,
    SKColor Colour
)
{
    private const int Around = 12; // points on a circle
    private const int Rings = 7;

    /// <summary>Points that <see cref="Sample"/> writes at most.</summary>
    public const int MostPoints = 2 * Around * Rings;

    /// <summary>Half the width across the axis, metres.</summary>
    public float Thickness => Kind is ShapeKind.Box or ShapeKind.Ellipsoid ? MathF.Max(Extent.X, Extent.Y) : Extent.X;

    /// <summary>Shape <paramref name="index"/> of a simulation.</summary>
    public static Shape Of(MuJoCoSimulation simulation, int index)
    {
        ReadOnlySpan<double> at = simulation.GeomPositions.Slice(3 * index, 3);
        ReadOnlySpan<double> turn = simulation.GeomRotations.Slice(9 * index, 9);
        ReadOnlySpan<double> size = simulation.Model.GeomSizes.Slice(3 * index, 3);
        ReadOnlySpan<float> colour = simulation.Model.GeomColours.Slice(4 * index, 4);
        return new Shape(
            (ShapeKind)simulation.Model.GeomTypes[index],
            new Vector3((float)at[0], (float)at[1], (float)at[2]),
            Column(turn, 0),
            Column(turn, 1),
            Column(turn, 2),
            new Vector3((float)size[0], (float)size[1], (float)size[2]),
            new SKColor(Byte(colour[0]), Byte(colour[1]), Byte(colour[2]), Byte(colour[3]))
        );
    }

    /// <summary>Writes points of the surface whose convex hull is the shape's.</summary>
    /// <returns>Their number.</returns>
    public int Sample(Span<Vector3> points)
    {
        switch (Kind)
        {
            case ShapeKind.Sphere:
                return SampleBall(points, new Vector3(Extent.X), 0);
            case ShapeKind.Ellipsoid:
                return SampleBall(points, Extent, 0);
            case ShapeKind.Capsule:
                int half = SampleBall(points, new Vector3(Extent.X), Extent.Y);
                return half + SampleBall(points[half..], new Vector3(Extent.X), -Extent.Y);
            case ShapeKind.Cylinder:
                int rim = SampleCircle(points, Extent.X, Extent.X, Extent.Y);
                return rim + SampleCircle(points[rim..], Extent.X, Extent.X, -Extent.Y);
            case ShapeKind.Box:
                for (int corner = 0; corner < 8; corner++)
                {
                    points[corner] = Place(
                        (corner & 1) != 0 ? Extent.X : -Extent.X,
                        (corner & 2) != 0 ? Extent.Y : -Extent.Y,
                        (corner & 4) != 0 ? Extent.Z : -Extent.Z
                    );
                }
                return 8;
            default:
                return 0; // meshes and height fields are not drawn
        }
    }

    private int SampleBall(Span<Vector3> points, Vector3 radii, float shift)
    {
        int count = 0;
        for (int ring = 0; ring < Rings; ring++)
        {
            (float sine, float cosine) = MathF.SinCos(MathF.PI * (ring + 0.5f) / Rings);
            count += SampleCircle(points[count..], radii.X * sine, radii.Y * sine, radii.Z * cosine + shift);
        }
        return count;
    }

    private int SampleCircle(Span<Vector3> points, float radiusX, float radiusY, float height)
    {
        for (int i = 0; i < Around; i++)
        {
            (float sine, float cosine) = MathF.SinCos(2 * MathF.PI * i / Around);
            points[i] = Place(radiusX * cosine, radiusY * sine, height);
        }
        return Around;
    }

    private Vector3 Place(float x, float y, float z) => Middle + x * Side + y * Front + z * Axis;

    private static Vector3 Column(ReadOnlySpan<double> matrix, int column) =>
        new((float)matrix[column], (float)matrix[column + 3], (float)matrix[column + 6]);

    private static byte Byte(float share) => (byte)Math.Clamp(share * 255, 0, 255);
}
