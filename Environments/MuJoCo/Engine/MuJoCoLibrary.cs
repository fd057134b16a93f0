using System.Runtime.InteropServices;

namespace Environments.MuJoCo.Engine;

/// <summary>The loaded engine: functions of the shim (<c>Native/shim.c</c>), which alone knows how this version's structs are laid out.</summary>
internal sealed unsafe class MuJoCoLibrary
{
    private const int ShimVersion = 1;

    private static readonly Lazy<MuJoCoLibrary> Loaded = new(Load);

    private readonly nint _handle;
    private readonly delegate* unmanaged[Cdecl]<byte*> _error;

    private MuJoCoLibrary(string shim)
    {
        _handle = NativeLibrary.Load(shim);
        int own = ((delegate* unmanaged[Cdecl]<int>)Function("agents_shim_version"))();
        if (own != ShimVersion)
        {
            throw new MuJoCoUnavailableException(
                $"{shim} is of version {own}, and {ShimVersion} is needed; it was compiled for another release."
            );
        }
        int header = ((delegate* unmanaged[Cdecl]<int>)Function("agents_header_version"))();
        Version = ((delegate* unmanaged[Cdecl]<int>)Function("agents_start"))();
        if (header != Version)
        {
            throw new MuJoCoUnavailableException(
                $"{shim} was compiled with headers of version {header}, but the library is of version {Version}. Let both come from one release."
            );
        }
        _error = (delegate* unmanaged[Cdecl]<byte*>)Function("agents_error");
        LoadModel = (delegate* unmanaged[Cdecl]<byte*, nint>)Function("agents_load");
        DeleteModel = (delegate* unmanaged[Cdecl]<nint, void>)Function("agents_delete_model");
        MakeData = (delegate* unmanaged[Cdecl]<nint, nint>)Function("agents_make_data");
        DeleteData = (delegate* unmanaged[Cdecl]<nint, void>)Function("agents_delete_data");
        Reset = (delegate* unmanaged[Cdecl]<nint, nint, int>)Function("agents_reset");
        Forward = (delegate* unmanaged[Cdecl]<nint, nint, int>)Function("agents_forward");
        Step = (delegate* unmanaged[Cdecl]<nint, nint, float*, int, int>)Function("agents_step");
        Loop = (delegate* unmanaged[Cdecl]<nint, nint, float*, int, int, int, int, int>)Function("agents_loop");
        Instabilities = (delegate* unmanaged[Cdecl]<nint, long>)Function("agents_instabilities");
        _size = (delegate* unmanaged[Cdecl]<nint, byte*, int>)Function("agents_size");
        _doubles = (delegate* unmanaged[Cdecl]<nint, nint, byte*, int*, double*>)Function("agents_doubles");
        _floats = (delegate* unmanaged[Cdecl]<nint, nint, byte*, int*, float*>)Function("agents_floats");
        _integers = (delegate* unmanaged[Cdecl]<nint, nint, byte*, int*, int*>)Function("agents_integers");
        _body = (delegate* unmanaged[Cdecl]<nint, byte*, int>)Function("agents_body");
        _site = (delegate* unmanaged[Cdecl]<nint, byte*, int>)Function("agents_site");
    }

    private readonly delegate* unmanaged[Cdecl]<nint, byte*, int> _size;
    private readonly delegate* unmanaged[Cdecl]<nint, nint, byte*, int*, double*> _doubles;
    private readonly delegate* unmanaged[Cdecl]<nint, nint, byte*, int*, float*> _floats;
    private readonly delegate* unmanaged[Cdecl]<nint, nint, byte*, int*, int*> _integers;
    private readonly delegate* unmanaged[Cdecl]<nint, byte*, int> _body;
    private readonly delegate* unmanaged[Cdecl]<nint, byte*, int> _site;

    /// <summary>The library of this machine, found, compiled for and loaded at the first use.</summary>
    /// <exception cref="MuJoCoUnavailableException">MuJoCo is missing.</exception>
    public static MuJoCoLibrary Instance => Loaded.Value;

    /// <summary>Version of the engine as it counts: 222 for 2.2.2.</summary>
    public int Version { get; }

    /// <summary>Text of the latest error on this thread.</summary>
    public string Error => (Marshal.PtrToStringUTF8((nint)_error()) ?? "").Trim().ReplaceLineEndings(" ");

    /// <summary>Path → model, 0 after an error.</summary>
    public readonly delegate* unmanaged[Cdecl]<byte*, nint> LoadModel;

    /// <summary>Frees a model.</summary>
    public readonly delegate* unmanaged[Cdecl]<nint, void> DeleteModel;

    /// <summary>Model → data, 0 after an error.</summary>
    public readonly delegate* unmanaged[Cdecl]<nint, nint> MakeData;

    /// <summary>Frees data.</summary>
    public readonly delegate* unmanaged[Cdecl]<nint, void> DeleteData;

    /// <summary>Model, data → 0, or 1 after an error.</summary>
    public readonly delegate* unmanaged[Cdecl]<nint, nint, int> Reset;

    /// <summary>Model, data → 0, or 1 after an error.</summary>
    public readonly delegate* unmanaged[Cdecl]<nint, nint, int> Forward;

    /// <summary>Model, data, controls, steps → 0, or 1 after an error.</summary>
    public readonly delegate* unmanaged[Cdecl]<nint, nint, float*, int, int> Step;

    /// <summary>Model, data, controls, rows of them, steps per row, rows per episode, rows to play → 0, or 1 after an error.</summary>
    public readonly delegate* unmanaged[Cdecl]<nint, nint, float*, int, int, int, int, int> Loop;

    /// <summary>Data → times that the state was no number or too large.</summary>
    public readonly delegate* unmanaged[Cdecl]<nint, long> Instabilities;

    /// <summary>A size of a model by the engine's name of it.</summary>
    public int Size(nint model, ReadOnlySpan<byte> name)
    {
        fixed (byte* text = name)
        {
            return _size(model, text);
        }
    }

    /// <summary>An array of model or data by the engine's name of it; <paramref name="data"/> may be 0 for the model's.</summary>
    /// <exception cref="ArgumentException">The shim does not hand out an array of this name.</exception>
    public NativeArray<double> Doubles(nint model, nint data, ReadOnlySpan<byte> name)
    {
        int length;
        fixed (byte* text = name)
        {
            return new NativeArray<double>(Known(_doubles(model, data, text, &length), name), length);
        }
    }

    /// <inheritdoc cref="Doubles"/>
    public NativeArray<float> Floats(nint model, ReadOnlySpan<byte> name)
    {
        int length;
        fixed (byte* text = name)
        {
            return new NativeArray<float>(Known(_floats(model, 0, text, &length), name), length);
        }
    }

    /// <inheritdoc cref="Doubles"/>
    public NativeArray<int> Integers(nint model, ReadOnlySpan<byte> name)
    {
        int length;
        fixed (byte* text = name)
        {
            return new NativeArray<int>(Known(_integers(model, 0, text, &length), name), length);
        }
    }

    /// <summary>Index of a body, −1 where there is none.</summary>
    public int Body(nint model, string name) => Find(_body, model, name);

    /// <summary>Index of a site, −1 where there is none.</summary>
    public int Site(nint model, string name) => Find(_site, model, name);

    private static int Find(delegate* unmanaged[Cdecl]<nint, byte*, int> find, nint model, string name)
    {
        nint text = Marshal.StringToCoTaskMemUTF8(name);
        int index = find(model, (byte*)text);
        Marshal.FreeCoTaskMem(text);
        return index;
    }

    private static T* Known<T>(T* pointer, ReadOnlySpan<byte> name)
        where T : unmanaged =>
        pointer is not null
            ? pointer
            : throw new ArgumentException($"The shim has no array '{System.Text.Encoding.UTF8.GetString(name)}'.", nameof(name));

    private nint Function(string name) => NativeLibrary.GetExport(_handle, name);

    private static MuJoCoLibrary Load()
    {
        if (OperatingSystem.IsWindows())
        {
            throw new MuJoCoUnavailableException("its binding is built on Linux and macOS only.");
        }
        string shim = Environment.GetEnvironmentVariable(MuJoCoShimBuilder.ShimVariable) is { Length: > 0 } compiled
            ? compiled
            : MuJoCoShimBuilder.Build(MuJoCoInstallation.Find());
        try
        {
            return new MuJoCoLibrary(shim);
        }
        catch (Exception exception)
            when (exception is DllNotFoundException or BadImageFormatException or EntryPointNotFoundException)
        {
            throw new MuJoCoUnavailableException($"{shim} could not be loaded: {exception.Message.ReplaceLineEndings(" ")}.");
        }
    }
}
