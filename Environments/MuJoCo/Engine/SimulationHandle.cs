using System.Runtime.InteropServices;

namespace Environments.MuJoCo.Engine;

/// <summary>Owns the state of one simulation and a share of its model.</summary>
internal sealed unsafe class SimulationHandle : SafeHandle
{
    private static int _liveCount;

    private readonly MuJoCoLibrary _library = MuJoCoLibrary.Instance;
    private readonly MuJoCoModel _model;

    /// <summary>The state of a new simulation of <paramref name="model"/>.</summary>
    public SimulationHandle(MuJoCoModel model)
        : base(0, ownsHandle: true)
    {
        _model = model;
        bool shared = false;
        model.DangerousAddRef(ref shared);
        SetHandle(_library.MakeData(model.Pointer));
        if (IsInvalid)
        {
            model.DangerousRelease();
            throw new InsufficientMemoryException($"MuJoCo could not make a simulation: {_library.Error}");
        }
        Interlocked.Increment(ref _liveCount);
    }

    /// <summary>Simulations whose memory is not freed yet, in this process.</summary>
    public static int LiveCount => Volatile.Read(ref _liveCount);

    /// <inheritdoc/>
    public override bool IsInvalid => handle == 0;

    /// <summary>The engine's <c>mjData</c>.</summary>
    public nint Pointer => handle;

    /// <inheritdoc/>
    protected override bool ReleaseHandle()
    {
        _library.DeleteData(handle);
        _model.DangerousRelease();
        Interlocked.Decrement(ref _liveCount);
        return true;
    }
}
