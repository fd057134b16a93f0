using System.Diagnostics.CodeAnalysis;
using System.Numerics.Tensors;
using Environments.MuJoCo.Engine;
using Environments.MuJoCo.Rendering;
using Environments.Randomness;
using Environments.Rendering;
using Environments.Spaces;
using Environments.State;
using SkiaSharp;

namespace Environments.MuJoCo;

/// <summary>A task of continuous control on a model of the MuJoCo engine (Todorov et al. 2012).</summary>
/// <remarks>
/// A step writes the action into the controls, runs <see cref="IMuJoCoTask.FrameSkip"/> steps of the engine and then its pass for contact
/// forces. Actions are not clipped here: the engine clamps what moves the motors, and the task is charged for what was given. Observations are
/// computed as float64 and handed out as float32. Owns native memory: dispose it, or the batch that holds it.
/// </remarks>
/// <typeparam name="TTask">Rules of the task.</typeparam>
[SuppressMessage("Design", "CA1001", Justification = "It is disposable; the rule overlooks structs.")]
public struct MuJoCoEnvironment<TTask> : IEnvironment, ISavableEnvironment, IRenderedEnvironment, IDisposable
    where TTask : unmanaged, IMuJoCoTask
{
    private readonly MuJoCoSimulation _simulation;
    private readonly double[] _observation;
    private readonly double[] _info;
    private TTask _task;

    /// <summary>A copy that is not started yet.</summary>
    /// <param name="model">Shared with other copies; it may be disposed before this one.</param>
    /// <param name="task">Rules and their settings.</param>
    /// <exception cref="ArgumentException">The model has another number of controls than the task.</exception>
    public MuJoCoEnvironment(MuJoCoModel model, TTask task)
    {
        ArgumentNullException.ThrowIfNull(model);
        if (model.ControlCount != task.ActionSpace.Size)
        {
            throw new ArgumentException(
                $"The model has {model.ControlCount} controls, but {typeof(TTask).Name} has actions of {task.ActionSpace.Size}.",
                nameof(model)
            );
        }
        _task = task;
        _simulation = new MuJoCoSimulation(model);
        _observation = new double[task.ObservationSize];
        _info = new double[TTask.InfoNames.Count];
    }

    /// <inheritdoc/>
    public readonly Space ObservationSpace => SpaceOf(_task);

    /// <inheritdoc/>
    public readonly Space ActionSpace => _task.ActionSpace;

    /// <summary>The simulation, for inspection and for setting a state by hand.</summary>
    public readonly MuJoCoSimulation Simulation => _simulation;

    /// <summary>Figures of the latest step by their names, <c>[InfoNames]</c>; see <see cref="IMuJoCoTask.InfoNames"/>.</summary>
    public readonly ReadOnlySpan<double> Info => _info;

    /// <summary>The latest observation before it was rounded to float32.</summary>
    public readonly ReadOnlySpan<double> PreciseObservation => _observation;

    /// <summary>Reward of the latest step before it was rounded to float32.</summary>
    public double PreciseReward { get; private set; }

    /// <inheritdoc/>
    public readonly SKSizeI RenderSize => ScenePainter.Size;

    /// <inheritdoc/>
    public readonly int FramesPerSecond => Math.Max(1, (int)Math.Round(1 / (_simulation.Timestep * _task.FrameSkip)));

    /// <inheritdoc/>
    public void Reset(Span<float> observation, ref Pcg64 random)
    {
        _simulation.Reset();
        _task.Start(_simulation, ref random);
        Continue(observation);
    }

    /// <summary>Starts an episode from a state that is given.</summary>
    /// <param name="positions">Position coordinates, <c>[nq]</c>.</param>
    /// <param name="velocities">Velocity coordinates, <c>[nv]</c>.</param>
    /// <param name="observation">Destination, as of <see cref="Reset"/>.</param>
    public void ResetTo(ReadOnlySpan<double> positions, ReadOnlySpan<double> velocities, Span<float> observation)
    {
        _simulation.Reset();
        positions.CopyTo(_simulation.Positions);
        velocities.CopyTo(_simulation.Velocities);
        Continue(observation);
    }

    /// <inheritdoc/>
    public StepResult Step(ReadOnlySpan<float> action, Span<float> observation, ref Pcg64 random)
    {
        _simulation.Step(action, _task.FrameSkip);
        (PreciseReward, bool terminated) = _task.Score(_simulation, action, _info);
        Observe(observation);
        return new StepResult((float)PreciseReward, terminated);
    }

    /// <inheritdoc/>
    public readonly void Render(SKCanvas canvas) => ScenePainter.Paint(canvas, _simulation, TTask.Camera);

    /// <inheritdoc/>
    public readonly void SaveState(StateDictionary state)
    {
        ArgumentNullException.ThrowIfNull(state);
        _simulation.SaveState(state);
        state.Set("task", _task);
    }

    /// <inheritdoc/>
    public void LoadState(StateDictionary state)
    {
        ArgumentNullException.ThrowIfNull(state);
        _simulation.LoadState(state);
        _task = state.Get<TTask>("task");
    }

    /// <summary>Frees the native memory.</summary>
    public readonly void Dispose() => _simulation.Dispose();

    /// <summary>What observations of a task look like.</summary>
    internal static Box SpaceOf(TTask task) => new(float.NegativeInfinity, float.PositiveInfinity, task.ObservationSize);

    private void Continue(Span<float> observation)
    {
        _simulation.Forward();
        _task.Begin(_simulation);
        PreciseReward = 0;
        Array.Clear(_info);
        Observe(observation);
    }

    private readonly void Observe(Span<float> observation)
    {
        _task.Observe(_simulation, _observation);
        TensorPrimitives.ConvertSaturating<double, float>(_observation, observation);
    }
}
