using System.Numerics;
using SkiaSharp;

namespace Environments.MuJoCo.Rendering;

/// <summary>Where points of a scene lie in a picture, from one camera.</summary>
internal readonly struct View
{
    private const float Nearest = 0.05f;
    private const float FieldOfView = 45; // degrees, from top to bottom

    private readonly Vector3 _eye;
    private readonly Vector3 _forward;
    private readonly Vector3 _right;
    private readonly Vector3 _up;
    private readonly float _focus; // pixels
    private readonly SKPoint _centre;

    /// <summary>The view of a camera.</summary>
    /// <param name="camera">Where it stands.</param>
    /// <param name="followed">Place of the body that it may follow.</param>
    /// <param name="size">Of the picture in pixels.</param>
    public View(MuJoCoCamera camera, ReadOnlySpan<double> followed, SKSizeI size)
    {
        Target = new Vector3((float)camera.X, (float)camera.Y, (float)camera.Z);
        if (camera.Follows)
        {
            Target += new Vector3((float)followed[0], (float)followed[1], 0);
        }
        (float sineAzimuth, float cosineAzimuth) = MathF.SinCos(Radians(camera.Azimuth));
        (float sineElevation, float cosineElevation) = MathF.SinCos(Radians(camera.Elevation));
        _forward = new Vector3(cosineElevation * cosineAzimuth, cosineElevation * sineAzimuth, sineElevation);
        _right = new Vector3(sineAzimuth, -cosineAzimuth, 0);
        _up = Vector3.Cross(_right, _forward);
        _eye = Target - (float)camera.Distance * _forward;
        _focus = size.Height / 2f / MathF.Tan(Radians(FieldOfView / 2));
        _centre = new SKPoint(size.Width / 2f, size.Height / 2f);
        TileSize = camera.Distance < 2 ? 0.1f : 0.5f;
    }

    /// <summary>The point that is looked at.</summary>
    public Vector3 Target { get; }

    /// <summary>Side of the floor's squares, metres.</summary>
    public float TileSize { get; }

    /// <summary>Metres in front of the camera.</summary>
    public float Depth(Vector3 point) => Vector3.Dot(point - _eye, _forward);

    /// <summary>Place in the picture; false for what is behind the camera.</summary>
    /// <param name="point">In the scene.</param>
    /// <param name="projected">In pixels.</param>
    /// <param name="scale">Pixels per metre there.</param>
    public bool TryProject(Vector3 point, out SKPoint projected, out float scale)
    {
        Vector3 offset = point - _eye;
        float depth = Vector3.Dot(offset, _forward);
        scale = _focus / depth;
        projected = new SKPoint(_centre.X + scale * Vector3.Dot(offset, _right), _centre.Y - scale * Vector3.Dot(offset, _up));
        return depth > Nearest;
    }

    /// <summary>A direction as it lies in the picture, y down; short where it points at the camera.</summary>
    public Vector2 Direction(Vector3 direction) => new(Vector3.Dot(direction, _right), -Vector3.Dot(direction, _up));

    private static float Radians(double degrees) => (float)(degrees * Math.PI / 180);
}
