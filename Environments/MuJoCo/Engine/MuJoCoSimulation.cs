using Environments.State;

namespace Environments.MuJoCo.Engine;

/// <summary>One simulation of a model: its state, and what the engine derives from it, read and written in the engine's own memory.</summary>
/// <remarks>
/// Owns native memory; spans are valid until <see cref="Dispose"/>. Not thread-safe, but simulations of one model may run on several
/// threads. After <see cref="Step"/> positions and velocities are new, while derived quantities (positions of bodies and sites, inertias,
/// forces) still belong to the state before the engine's last step, as the engine leaves them; <see cref="Forward"/> brings them up to date.
/// </remarks>
public sealed unsafe class MuJoCoSimulation : IDisposable
{
    private readonly MuJoCoLibrary _library = MuJoCoLibrary.Instance;
    private readonly SimulationHandle _handle;
    private readonly nint _model;
    private nint _data; // 0 once disposed
    private Arrays _arrays;

    /// <summary>A simulation at the default pose, at rest.</summary>
    /// <param name="model">Shared: it may be disposed before the simulation.</param>
    public MuJoCoSimulation(MuJoCoModel model)
    {
        ArgumentNullException.ThrowIfNull(model);
        Model = model;
        _model = model.Pointer;
        _handle = new SimulationHandle(model);
        _data = _handle.Pointer;
        ControlCount = model.ControlCount;
        Timestep = model.Timestep;
        _arrays = new Arrays(_library, _model, _data);
        Reset();
    }

    /// <summary>Simulations whose memory is not freed yet, in this process.</summary>
    public static int LiveCount => SimulationHandle.LiveCount;

    /// <summary>The model.</summary>
    public MuJoCoModel Model { get; }

    /// <summary>Controls, nu.</summary>
    public int ControlCount { get; }

    /// <summary>Seconds per step of the engine.</summary>
    public double Timestep { get; }

    /// <summary>Seconds simulated since <see cref="Reset"/>.</summary>
    public double Time => _arrays.Time.Span[0];

    /// <summary>Position coordinates, <c>[nq]</c>; quaternions are w, x, y, z.</summary>
    public Span<double> Positions => _arrays.Positions.Span;

    /// <summary>Velocity coordinates, <c>[nv]</c>.</summary>
    public Span<double> Velocities => _arrays.Velocities.Span;

    /// <summary>Controls of the latest step as they were given, <c>[nu]</c>; the engine clamps them where it computes forces.</summary>
    public ReadOnlySpan<double> Controls => _arrays.Controls.Span;

    /// <summary>Forces of the motors in velocity coordinates, <c>[nv]</c>.</summary>
    public ReadOnlySpan<double> ActuatorForces => _arrays.ActuatorForces.Span;

    /// <summary>Forces of contacts and limits in velocity coordinates, <c>[nv]</c>.</summary>
    public ReadOnlySpan<double> ConstraintForces => _arrays.ConstraintForces.Span;

    /// <summary>Origin of each body in metres, <c>[bodies, 3]</c>; body 0 is the world.</summary>
    public ReadOnlySpan<double> BodyPositions => _arrays.BodyPositions.Span;

    /// <summary>Centre of mass of each body in metres, <c>[bodies, 3]</c>.</summary>
    public ReadOnlySpan<double> BodyCentres => _arrays.BodyCentres.Span;

    /// <summary>Inertia and mass of each body about the centre of its tree, <c>[bodies, 10]</c>.</summary>
    public ReadOnlySpan<double> BodyInertias => _arrays.BodyInertias.Span;

    /// <summary>Velocity of each body about the centre of its tree: rotation, then translation, <c>[bodies, 6]</c>.</summary>
    public ReadOnlySpan<double> BodyVelocities => _arrays.BodyVelocities.Span;

    /// <summary>Contact force on each body: torque, then force, <c>[bodies, 6]</c>.</summary>
    public ReadOnlySpan<double> ContactForces => _arrays.ContactForces.Span;

    /// <summary>Position of each site in metres, <c>[sites, 3]</c>.</summary>
    public ReadOnlySpan<double> SitePositions => _arrays.SitePositions.Span;

    /// <summary>Length of each tendon, <c>[tendons]</c>.</summary>
    public ReadOnlySpan<double> TendonLengths => _arrays.TendonLengths.Span;

    /// <summary>Change of each tendon's length per second, <c>[tendons]</c>.</summary>
    public ReadOnlySpan<double> TendonVelocities => _arrays.TendonVelocities.Span;

    /// <summary>Default pose of the model, <c>[nq]</c>.</summary>
    public ReadOnlySpan<double> DefaultPositions => _arrays.DefaultPositions.Span;

    /// <summary>Mass of each body in kg, <c>[bodies]</c>.</summary>
    public ReadOnlySpan<double> BodyMasses => _arrays.BodyMasses.Span;

    /// <summary>Times that the engine met a state that is no number or too large and began again from the default pose, since <see cref="Reset"/>.</summary>
    public long Instabilities => _library.Instabilities(Alive);

    /// <summary>Middle of each shape in metres, <c>[geoms, 3]</c>.</summary>
    internal ReadOnlySpan<double> GeomPositions => _arrays.GeomPositions.Span;

    /// <summary>Rotation of each shape, row-major, <c>[geoms, 3, 3]</c>.</summary>
    internal ReadOnlySpan<double> GeomRotations => _arrays.GeomRotations.Span;

    /// <summary>Back to the default pose at rest, with everything forgotten; derived quantities are not computed yet.</summary>
    public void Reset() => Check(_library.Reset(_model, Alive));

    /// <summary>Computes all that is derived from positions, velocities and controls.</summary>
    public void Forward() => Check(_library.Forward(_model, Alive));

    /// <summary>Holds controls for some steps, and computes contact forces at the end.</summary>
    /// <param name="controls">Controls, <c>[nu]</c>.</param>
    /// <param name="steps">Steps of the engine.</param>
    /// <exception cref="ArgumentException">There are more or fewer controls than the model has.</exception>
    /// <exception cref="EnvironmentFaultException">The engine failed, for example for lack of memory for contacts.</exception>
    public void Step(ReadOnlySpan<float> controls, int steps)
    {
        if (controls.Length != ControlCount)
        {
            throw new ArgumentException(
                $"The model has {ControlCount} controls; {controls.Length} were given.",
                nameof(controls)
            );
        }
        fixed (float* values = controls)
        {
            Check(_library.Step(_model, Alive, values, steps));
        }
        GC.KeepAlive(this);
    }

    /// <summary>Saves all that the next step depends on.</summary>
    public void SaveState(StateDictionary state)
    {
        ArgumentNullException.ThrowIfNull(state);
        state.Set("time", Time);
        state.Set<double>("positions", Positions);
        state.Set<double>("velocities", Velocities);
        state.Set<double>("activations", _arrays.Activations.Span);
        state.Set<double>("warm_start", _arrays.WarmStart.Span);
    }

    /// <summary>Continues from what <see cref="SaveState"/> saved, bit for bit; derived quantities are those of the saved positions.</summary>
    /// <exception cref="InvalidDataException">The state is of another model.</exception>
    public void LoadState(StateDictionary state)
    {
        ArgumentNullException.ThrowIfNull(state);
        Reset();
        state.Read("positions", Positions);
        state.Read("velocities", Velocities);
        state.Read("activations", _arrays.Activations.Span);
        Forward();
        state.Read("positions", Positions); // the forward pass normalised their quaternions and left its own warm start
        state.Read("warm_start", _arrays.WarmStart.Span);
        _arrays.Time.Span[0] = state.Get<double>("time");
    }

    /// <summary>A loop in C over the same state, as the measure of speed; see <c>agents_loop</c> in the shim.</summary>
    internal void RunLoop(ReadOnlySpan<float> controls, int steps, int episode, int count)
    {
        fixed (float* values = controls)
        {
            Check(_library.Loop(_model, Alive, values, controls.Length / ControlCount, steps, episode, count));
        }
        GC.KeepAlive(this);
    }

    /// <summary>Frees the native memory.</summary>
    public void Dispose()
    {
        _data = 0;
        _arrays = default;
        _handle.Dispose();
    }

    private nint Alive => _data != 0 ? _data : throw new ObjectDisposedException(nameof(MuJoCoSimulation));

    private void Check(int failed)
    {
        if (failed != 0)
        {
            throw new EnvironmentFaultException($"MuJoCo failed: {_library.Error}");
        }
    }

    private readonly struct Arrays(MuJoCoLibrary library, nint model, nint data)
    {
        public readonly NativeArray<double> Time = library.Doubles(model, data, "time"u8);
        public readonly NativeArray<double> Positions = library.Doubles(model, data, "qpos"u8);
        public readonly NativeArray<double> Velocities = library.Doubles(model, data, "qvel"u8);
        public readonly NativeArray<double> Activations = library.Doubles(model, data, "act"u8);
        public readonly NativeArray<double> Controls = library.Doubles(model, data, "ctrl"u8);
        public readonly NativeArray<double> WarmStart = library.Doubles(model, data, "qacc_warmstart"u8);
        public readonly NativeArray<double> ActuatorForces = library.Doubles(model, data, "qfrc_actuator"u8);
        public readonly NativeArray<double> ConstraintForces = library.Doubles(model, data, "qfrc_constraint"u8);
        public readonly NativeArray<double> BodyPositions = library.Doubles(model, data, "xpos"u8);
        public readonly NativeArray<double> BodyCentres = library.Doubles(model, data, "xipos"u8);
        public readonly NativeArray<double> BodyInertias = library.Doubles(model, data, "cinert"u8);
        public readonly NativeArray<double> BodyVelocities = library.Doubles(model, data, "cvel"u8);
        public readonly NativeArray<double> ContactForces = library.Doubles(model, data, "cfrc_ext"u8);
        public readonly NativeArray<double> SitePositions = library.Doubles(model, data, "site_xpos"u8);
        public readonly NativeArray<double> TendonLengths = library.Doubles(model, data, "ten_length"u8);
        public readonly NativeArray<double> TendonVelocities = library.Doubles(model, data, "ten_velocity"u8);
        public readonly NativeArray<double> DefaultPositions = library.Doubles(model, data, "qpos0"u8);
        public readonly NativeArray<double> BodyMasses = library.Doubles(model, data, "body_mass"u8);
        public readonly NativeArray<double> GeomPositions = library.Doubles(model, data, "geom_xpos"u8);
        public readonly NativeArray<double> GeomRotations = library.Doubles(model, data, "geom_xmat"u8);
    }
}
