using Environments.Rendering;
using Environments.Spaces;
using Environments.State;
using Environments.Threads;
using SkiaSharp;

namespace Environments;

/// <summary>Copies of an environment shared out to threads: for simulators whose step costs more than handing it over.</summary>
/// <remarks>
/// Copy b draws from the stream of seed + b wherever it is stepped, so results do not depend on the number of threads. Handing over
/// costs about 1.5 µs a step of the whole batch on an idle machine, and the threads spin while they wait. Owns its parts and threads. An exception on a thread is thrown by
/// <see cref="Step"/>, which may not be called again afterwards.
/// </remarks>
public sealed class ParallelEnvironment : IBatchedEnvironment
{
    private readonly Part[] _parts;
    private readonly WorkCrew _crew;
    private readonly RowCheck _actionCheck;
    private readonly float[] _actions;
    private readonly bool[] _active;
    private readonly float[] _observations;
    private readonly float[] _finalObservations;
    private readonly float[] _rewards;
    private readonly bool[] _terminated;
    private readonly bool[] _truncated;
    private readonly int[] _lostEpisodes;
    private readonly int _observationSize;
    private readonly int _actionSize;
    private volatile bool _masked; // whether the running step leaves some copies out
    private bool _disposed;

    /// <summary>A batch in as many parts as threads; the caller's thread steps the first one.</summary>
    /// <param name="make">Makes a batch of the given number of copies.</param>
    /// <param name="count">Copies, B.</param>
    /// <param name="threads">Threads, 1 to B.</param>
    public ParallelEnvironment(Func<int, IBatchedEnvironment> make, int count, int threads)
    {
        ArgumentNullException.ThrowIfNull(make);
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(threads, 1);
        threads = Math.Min(threads, count);
        Count = count;
        _parts = MakeParts(make, count, threads);
        _observationSize = Spec.ObservationSpace.Size;
        _actionSize = Spec.ActionSpace.Size;
        _actionCheck = RowCheck.OfActions(Spec.ActionSpace);
        _actions = new float[count * _actionSize];
        _active = new bool[count];
        _observations = new float[count * _observationSize];
        _finalObservations = new float[count * _observationSize];
        _rewards = new float[count];
        _terminated = new bool[count];
        _truncated = new bool[count];
        _lostEpisodes = new int[_parts[0].Environment.LostEpisodes.IsEmpty ? 0 : count];
        _crew = new WorkCrew(threads, part => StepPart(_parts[part]), part => $"{Spec.Id} {_parts[part].First}");
    }

    /// <inheritdoc/>
    public EnvironmentSpec Spec => _parts[0].Environment.Spec;

    /// <inheritdoc/>
    public int Count { get; }

    /// <inheritdoc/>
    public AutoresetMode AutoresetMode => _parts[0].Environment.AutoresetMode;

    /// <inheritdoc/>
    public ReadOnlySpan<float> Observations => _observations;

    /// <inheritdoc/>
    public ReadOnlySpan<float> FinalObservations => _finalObservations;

    /// <inheritdoc/>
    public ReadOnlySpan<float> Rewards => _rewards;

    /// <inheritdoc/>
    public ReadOnlySpan<bool> Terminated => _terminated;

    /// <inheritdoc/>
    public ReadOnlySpan<bool> Truncated => _truncated;

    /// <inheritdoc/>
    public ReadOnlySpan<int> LostEpisodes => _lostEpisodes;

    /// <inheritdoc/>
    public bool CanSaveState => _parts[0].Environment.CanSaveState;

    /// <inheritdoc/>
    public void Reset(ulong seed)
    {
        foreach (Part part in _parts)
        {
            part.Environment.Reset(unchecked(seed + (ulong)part.First));
            Collect(part);
        }
    }

    /// <inheritdoc/>
    public void Step(ReadOnlySpan<float> actions) => StepAll(actions, [], masked: false);

    /// <inheritdoc/>
    public void StepSome(ReadOnlySpan<float> actions, ReadOnlySpan<bool> active)
    {
        if (active.Length != Count)
        {
            throw new ArgumentException($"{Spec.Id} has {Count} copies; {active.Length} flags were given.", nameof(active));
        }
        StepAll(actions, active, masked: true);
    }

    /// <inheritdoc/>
    public RenderInfo? Rendering => _parts[0].Environment.Rendering;

    /// <inheritdoc/>
    public void Render(int copy, SKCanvas canvas)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)copy, (uint)Count);
        Part part = Array.FindLast(_parts, candidate => candidate.First <= copy)!;
        part.Environment.Render(copy - part.First, canvas);
    }

    /// <inheritdoc/>
    public Action<string>? Warn
    {
        get => _parts[0].Environment.Warn;
        set
        {
            foreach (Part part in _parts)
            {
                part.Environment.Warn = value;
            }
        }
    }

    /// <inheritdoc/>
    public void Interrupt()
    {
        foreach (Part part in _parts)
        {
            part.Environment.Interrupt();
        }
    }

    /// <inheritdoc/>
    public void TakeMetrics(EnvironmentMetrics destination)
    {
        foreach (Part part in _parts)
        {
            part.Environment.TakeMetrics(destination);
        }
    }

    /// <inheritdoc/>
    /// <remarks>Called on the thread of the copy's part.</remarks>
    public Action<int>? EpisodeEnding
    {
        get;
        set
        {
            field = value;
            foreach (Part part in _parts)
            {
                part.Environment.EpisodeEnding = value is null ? null : copy => value(part.First + copy);
            }
        }
    }

    /// <inheritdoc/>
    public void SaveState(StateDictionary state)
    {
        foreach (Part part in _parts)
        {
            part.Environment.SaveState(state.Scope($"part{part.First}"));
        }
    }

    /// <inheritdoc/>
    public void LoadState(StateDictionary state)
    {
        foreach (Part part in _parts)
        {
            part.Environment.LoadState(state.Scope($"part{part.First}"));
            Collect(part);
        }
    }

    /// <summary>Ends the threads and disposes the parts.</summary>
    public void Dispose()
    {
        if (_disposed)
        {
            return;
        }
        _disposed = true;
        _crew.Dispose();
        foreach (Part part in _parts)
        {
            part.Environment.Dispose();
        }
    }

    private static Part[] MakeParts(Func<int, IBatchedEnvironment> make, int count, int threads)
    {
        var parts = new List<Part>(threads);
        try
        {
            for (int i = 0, first = 0; i < threads; i++)
            {
                int size = count / threads + (i < count % threads ? 1 : 0);
                parts.Add(new Part(make(size), first));
                first += size;
            }
            return [.. parts];
        }
        catch
        {
            parts.ForEach(part => part.Environment.Dispose());
            throw;
        }
    }

    private void StepAll(ReadOnlySpan<float> actions, ReadOnlySpan<bool> active, bool masked)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (actions.Length != _actions.Length)
        {
            throw new ArgumentException(
                $"{Spec.Id} needs {Count} actions of {_actionSize} floats; {actions.Length} floats were given.",
                nameof(actions)
            );
        }
        _actionCheck.RequireActions(Spec, actions); // here, since a thread that fails ends the environment
        actions.CopyTo(_actions);
        active.CopyTo(_active);
        _masked = masked;
        _crew.Run();
    }

    private void StepPart(Part part)
    {
        int count = part.Environment.Count;
        ReadOnlySpan<float> actions = _actions.AsSpan(part.First * _actionSize, count * _actionSize);
        if (_masked)
        {
            part.Environment.StepSome(actions, _active.AsSpan(part.First, count));
        }
        else
        {
            part.Environment.Step(actions);
        }
        Collect(part);
    }

    private void Collect(Part part)
    {
        IBatchedEnvironment environment = part.Environment;
        environment.Observations.CopyTo(_observations.AsSpan(part.First * _observationSize));
        environment.FinalObservations.CopyTo(_finalObservations.AsSpan(part.First * _observationSize));
        environment.Rewards.CopyTo(_rewards.AsSpan(part.First));
        environment.Terminated.CopyTo(_terminated.AsSpan(part.First));
        environment.Truncated.CopyTo(_truncated.AsSpan(part.First));
        environment.LostEpisodes.CopyTo(_lostEpisodes.AsSpan(_lostEpisodes.Length == 0 ? 0 : part.First));
    }

    // The copies of one thread, from a number on.
    private sealed record Part(IBatchedEnvironment Environment, int First);
}
