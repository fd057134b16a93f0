namespace Environments.MuJoCo.Rendering;

/// <summary>Shapes as the engine numbers them; the shim's compiler checks the numbers.</summary>
internal enum ShapeKind
{
    Plane = 0,
    Sphere = 2,
    Capsule = 3,
    Ellipsoid = 4,
    Cylinder = 5,
    Box = 6,
}
