using System.Runtime.InteropServices;

namespace Environments.MuJoCo.Engine;

/// <summary>A compiled model: bodies, joints, shapes and motors, shared by any number of simulations on any threads.</summary>
/// <remarks>Owns native memory, which lives until the model and all of its simulations are disposed. Nothing changes a model once it is loaded.</remarks>
public sealed unsafe class MuJoCoModel : SafeHandle
{
    private static int _liveCount;

    private readonly MuJoCoLibrary _library = MuJoCoLibrary.Instance;

    private MuJoCoModel(nint model)
        : base(0, ownsHandle: true)
    {
        SetHandle(model);
        Interlocked.Increment(ref _liveCount);
    }

    /// <summary>Models whose memory is not freed yet, in this process.</summary>
    public static int LiveCount => Volatile.Read(ref _liveCount);

    /// <summary>Version of the engine as it counts: 222 for 2.2.2.</summary>
    /// <exception cref="MuJoCoUnavailableException">MuJoCo is missing.</exception>
    public static int EngineVersion => MuJoCoLibrary.Instance.Version;

    /// <summary>Loads a model from a file in MuJoCo's XML format, MJCF.</summary>
    /// <param name="path">The file; paths in it are relative to its folder.</param>
    /// <exception cref="InvalidDataException">The engine refuses the model; the message says why.</exception>
    /// <exception cref="MuJoCoUnavailableException">MuJoCo is missing.</exception>
    public static MuJoCoModel Load(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        MuJoCoLibrary library = MuJoCoLibrary.Instance;
        nint text = Marshal.StringToCoTaskMemUTF8(path);
        nint model = library.LoadModel((byte*)text);
        Marshal.FreeCoTaskMem(text);
        return model != 0 ? new MuJoCoModel(model) : throw new InvalidDataException($"MuJoCo refuses {path}: {library.Error}");
    }

    /// <summary>Compiles a model from a text in MuJoCo's XML format, MJCF, that refers to no other file.</summary>
    /// <inheritdoc cref="Load" path="/exception"/>
    public static MuJoCoModel Parse(string xml)
    {
        string path = Path.Combine(Path.GetTempPath(), $"agents-{Guid.NewGuid():N}.xml");
        File.WriteAllText(path, xml);
        try
        {
            return Load(path);
        }
        finally
        {
            File.Delete(path);
        }
    }

    /// <inheritdoc/>
    public override bool IsInvalid => handle == 0;

    /// <summary>Position coordinates, nq.</summary>
    public int PositionCount => Size("nq"u8);

    /// <summary>Velocity coordinates, nv.</summary>
    public int VelocityCount => Size("nv"u8);

    /// <summary>Controls, nu.</summary>
    public int ControlCount => Size("nu"u8);

    /// <summary>Bodies with the world, which is body 0.</summary>
    public int BodyCount => Size("nbody"u8);

    /// <summary>Seconds per step of the engine.</summary>
    public double Timestep => Doubles("timestep"u8)[0];

    /// <summary>Default pose, <c>[nq]</c>.</summary>
    public ReadOnlySpan<double> DefaultPositions => Doubles("qpos0"u8);

    /// <summary>Mass of each body in kg, <c>[BodyCount]</c>.</summary>
    public ReadOnlySpan<double> BodyMasses => Doubles("body_mass"u8);

    /// <summary>Principal inertia of each body in kg m², <c>[BodyCount, 3]</c>.</summary>
    public ReadOnlySpan<double> BodyInertias => Doubles("body_inertia"u8);

    /// <summary>Least and greatest value of each control, <c>[nu, 2]</c>; 0 and 0 where it is not limited.</summary>
    public ReadOnlySpan<double> ControlRanges => Doubles("actuator_ctrlrange"u8);

    /// <summary>Shape of each geom, <c>[G]</c>, numbered as the engine does: plane 0, sphere 2, capsule 3, ellipsoid 4, cylinder 5, box 6.</summary>
    internal ReadOnlySpan<int> GeomTypes => _library.Integers(Pointer, "geom_type"u8).Span;

    /// <summary>Size of each geom, <c>[G, 3]</c>.</summary>
    internal ReadOnlySpan<double> GeomSizes => Doubles("geom_size"u8);

    /// <summary>Red, green, blue and opacity of each geom, <c>[G, 4]</c>.</summary>
    internal ReadOnlySpan<float> GeomColours => _library.Floats(Pointer, "geom_rgba"u8).Span;

    /// <summary>Index of a body.</summary>
    /// <exception cref="ArgumentException">There is no body of this name.</exception>
    public int Body(string name) => Known(_library.Body(Pointer, name), name, "body");

    /// <summary>Index of a site.</summary>
    /// <exception cref="ArgumentException">There is no site of this name.</exception>
    public int Site(string name) => Known(_library.Site(Pointer, name), name, "site");

    internal nint Pointer => IsClosed ? throw new ObjectDisposedException(nameof(MuJoCoModel)) : handle;

    /// <inheritdoc/>
    protected override bool ReleaseHandle()
    {
        _library.DeleteModel(handle);
        Interlocked.Decrement(ref _liveCount);
        return true;
    }

    private int Size(ReadOnlySpan<byte> name) => _library.Size(Pointer, name);

    private ReadOnlySpan<double> Doubles(ReadOnlySpan<byte> name) => _library.Doubles(Pointer, 0, name).Span;

    private static int Known(int index, string name, string kind) =>
        index >= 0 ? index : throw new ArgumentException($"The model has no {kind} '{name}'.", nameof(name));
}
