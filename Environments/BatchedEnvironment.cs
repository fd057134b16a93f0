using System.Runtime.CompilerServices;
using Environments.Checking;
using Environments.Randomness;
using Environments.Rendering;
using Environments.Spaces;
using Environments.State;
using SkiaSharp;

namespace Environments;

/// <summary>B copies of a simulation, stepped in one loop that the compiler specialises for a struct. Resets in the same step.</summary>
/// <typeparam name="TEnvironment">A struct for speed; a class works too, with a virtual call per step.</typeparam>
public sealed class BatchedEnvironment<TEnvironment> : IBatchedEnvironment, ISimulations
    where TEnvironment : IEnvironment
{
    // A whole row is checked once in so many: what is wrong in every step shows at the first reset, and ValueCheck looks at all of them.
    private const int RowsPerCheck = 64;

    private readonly Func<TEnvironment> _create;
    private readonly TEnvironment[] _environments;
    private readonly Pcg64[] _randoms;
    private readonly int[] _elapsed;
    private readonly float[] _observations;
    private readonly float[] _finalObservations;
    private readonly float[] _rewards;
    private readonly bool[] _terminated;
    private readonly bool[] _truncated;
    private readonly int _observationSize;
    private readonly int _actionSize;
    private readonly RowCheck _actionCheck;
    private readonly RowCheck? _observationCheck; // null where only finite numbers are asked for
    private readonly int _maxEpisodeSteps;
    private readonly MetricSums? _metrics; // null where nothing is measured
    private bool _started;
    private int _uncheckedRows;
    private int _nextChecked;

    /// <summary>A batch of <paramref name="count"/> copies.</summary>
    /// <param name="spec">Description of one copy; its time limit is applied here.</param>
    /// <param name="create">Makes one copy; called once per copy.</param>
    /// <param name="count">Copies, B, at least 1.</param>
    public BatchedEnvironment(EnvironmentSpec spec, Func<TEnvironment> create, int count)
    {
        ArgumentNullException.ThrowIfNull(create);
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        Spec = spec;
        Count = count;
        _create = create;
        _environments = new TEnvironment[count];
        int made = 0;
        try
        {
            for (; made < count; made++)
            {
                _environments[made] = create();
            }
        }
        catch
        {
            DisposeCopies(made);
            throw;
        }
        _observationSize = spec.ObservationSpace.Size;
        _actionSize = spec.ActionSpace.Size;
        _actionCheck = RowCheck.OfActions(spec.ActionSpace);
        var observationCheck = RowCheck.OfObservations(spec.ObservationSpace);
        _observationCheck = observationCheck.HasWholeNumbers ? observationCheck : null;
        _metrics = MetricsOf(made);
        _maxEpisodeSteps = spec.MaxEpisodeSteps ?? int.MaxValue;
        _randoms = new Pcg64[count];
        _elapsed = new int[count];
        _observations = new float[count * _observationSize];
        _finalObservations = new float[count * _observationSize];
        _rewards = new float[count];
        _terminated = new bool[count];
        _truncated = new bool[count];
    }

    /// <inheritdoc/>
    public EnvironmentSpec Spec { get; }

    /// <inheritdoc/>
    public int Count { get; }

    /// <inheritdoc/>
    public AutoresetMode AutoresetMode => AutoresetMode.SameStep;

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
    public void Reset(ulong seed)
    {
        for (int i = 0; i < Count; i++)
        {
            ulong copySeed = unchecked(seed + (ulong)i);
            _randoms[i] = new Pcg64(copySeed);
            if (IsPlain)
            {
                _environments[i] = _create(); // what a copy keeps across its episodes ends with the seed
            }
            if (_environments[i] is ISeededEnvironment seeded)
            {
                seeded.Seed(copySeed);
                _environments[i] = (TEnvironment)seeded; // a struct was boxed
            }
            ResetCopy(i);
        }
        Array.Clear(_rewards);
        Array.Clear(_terminated);
        Array.Clear(_truncated);
        _started = true;
        for (int i = 0; i < Count && _observationCheck is not null; i++)
        {
            CheckRow(i);
        }
    }

    /// <inheritdoc/>
    public void Step(ReadOnlySpan<float> actions)
    {
        RequireReady(actions);

        TEnvironment[] environments = _environments;
        Span<Pcg64> randoms = _randoms;
        Span<float> observations = _observations;
        MetricSums? metrics = _metrics;
        for (int i = 0; i < environments.Length; i++)
        {
            Span<float> observation = observations.Slice(i * _observationSize, _observationSize);
            StepResult result = environments[i].Step(actions.Slice(i * _actionSize, _actionSize), observation, ref randoms[i]);
            bool truncated = result.Truncated | ++_elapsed[i] >= _maxEpisodeSteps;
            _rewards[i] = result.Reward;
            _terminated[i] = result.Terminated;
            _truncated[i] = truncated;
            if (metrics is not null)
            {
                Measure(i, metrics);
            }
            if (result.Terminated | truncated)
            {
                EndEpisode(i);
            }
        }
        SampleCheck();
    }

    /// <inheritdoc/>
    public void StepSome(ReadOnlySpan<float> actions, ReadOnlySpan<bool> active)
    {
        RequireReady(actions);
        if (active.Length != Count)
        {
            throw new ArgumentException($"{Spec.Id} has {Count} copies; {active.Length} flags were given.", nameof(active));
        }
        for (int i = 0; i < Count; i++)
        {
            if (active[i])
            {
                StepCopy(i, actions.Slice(i * _actionSize, _actionSize));
            }
            else
            {
                _rewards[i] = 0;
                _terminated[i] = false;
                _truncated[i] = false;
            }
        }
        SampleCheck();
    }

    /// <inheritdoc/>
    public RenderInfo? Rendering =>
        _environments[0] is IRenderedEnvironment drawn ? new RenderInfo(drawn.RenderSize, drawn.FramesPerSecond) : null;

    /// <inheritdoc/>
    public void Render(int copy, SKCanvas canvas)
    {
        if (_environments[copy] is not IRenderedEnvironment drawn)
        {
            throw new NotSupportedException(
                $"{Spec.Id} does not draw itself. Implement {nameof(IRenderedEnvironment)} in {typeof(TEnvironment).Name} to see it."
            );
        }
        drawn.Render(canvas);
    }

    /// <inheritdoc/>
    public void TakeMetrics(EnvironmentMetrics destination) => _metrics?.MoveTo(destination);

    /// <inheritdoc/>
    public Action<int>? EpisodeEnding { get; set; }

    /// <summary>One copy, for inspection and for setting a state by hand in tests.</summary>
    public ref TEnvironment this[int index] => ref _environments[index];

    /// <inheritdoc/>
    /// <remarks>A struct of plain values is its own saved form; anything else says how it is saved by <see cref="ISavableEnvironment"/>.</remarks>
    public bool CanSaveState => IsPlain || _environments[0] is ISavableEnvironment;

    IEnvironment ISimulations.CreateCopy() => _create();

    private static bool IsPlain => !RuntimeHelpers.IsReferenceOrContainsReferences<TEnvironment>();

    /// <inheritdoc/>
    public void SaveState(StateDictionary state)
    {
        if (!CanSaveState)
        {
            throw new NotSupportedException(
                $"{Spec.Id} holds references, so its state cannot be saved. Make {typeof(TEnvironment).Name} a struct of plain values, or implement {nameof(ISavableEnvironment)}."
            );
        }
        state.Set<char>("type", typeof(TEnvironment).FullName);
        state.Set<Pcg64>("randoms", _randoms);
        state.Set<int>("elapsed", _elapsed);
        state.Set<float>("observations", _observations);
        state.Set("started", _started);
        if (IsPlain)
        {
            state.Set<byte>("copies", CopyBytes());
            return;
        }
        for (int i = 0; i < Count; i++)
        {
            ((ISavableEnvironment)_environments[i]).SaveState(state.Scope($"copy{i}"));
        }
    }

    /// <inheritdoc/>
    public void LoadState(StateDictionary state)
    {
        string saved = new(state.GetArray<char>("type"));
        if (saved != typeof(TEnvironment).FullName)
        {
            throw new InvalidDataException($"The state is of {saved}, not of {typeof(TEnvironment).FullName}.");
        }
        state.Read<Pcg64>("randoms", _randoms);
        state.Read<int>("elapsed", _elapsed);
        state.Read<float>("observations", _observations);
        _started = state.Get<bool>("started");
        if (!_started)
        {
            throw new InvalidDataException(
                $"The state of {Spec.Id} is of copies that were never reset, which nothing continues."
            );
        }
        if (IsPlain)
        {
            state.Read<byte>("copies", CopyBytes());
            return;
        }
        for (int i = 0; i < Count; i++)
        {
            var copy = (ISavableEnvironment)_environments[i];
            copy.LoadState(state.Scope($"copy{i}"));
            _environments[i] = (TEnvironment)copy; // a struct was boxed
        }
    }

    /// <summary>Disposes the copies that own something, such as native memory; the arrays are the collector's.</summary>
    public void Dispose() => DisposeCopies(Count);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void EndEpisode(int index)
    {
        int first = index * _observationSize;
        _observations.AsSpan(first, _observationSize).CopyTo(_finalObservations.AsSpan(first));
        EpisodeEnding?.Invoke(index);
        ResetCopy(index);
    }

    private MetricSums? MetricsOf(int made)
    {
        try
        {
            return MetricSums.Of(Spec.Id, _environments[0].MetricNames);
        }
        catch
        {
            DisposeCopies(made);
            throw;
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Measure(int index, MetricSums metrics)
    {
        _environments[index].Measure(_terminated[index] | _truncated[index], metrics.Begin());
        metrics.End();
    }

    private void DisposeCopies(int made)
    {
        if (!typeof(IDisposable).IsAssignableFrom(typeof(TEnvironment)))
        {
            return;
        }
        foreach (TEnvironment environment in _environments.AsSpan(0, made))
        {
            (environment as IDisposable)?.Dispose();
        }
    }

    private void ResetCopy(int index)
    {
        _environments[index].Reset(_observations.AsSpan(index * _observationSize, _observationSize), ref _randoms[index]);
        _elapsed[index] = 0;
    }

    private void StepCopy(int index, ReadOnlySpan<float> action)
    {
        Span<float> observation = _observations.AsSpan(index * _observationSize, _observationSize);
        StepResult result = _environments[index].Step(action, observation, ref _randoms[index]);
        _rewards[index] = result.Reward;
        _terminated[index] = result.Terminated;
        _truncated[index] = result.Truncated | ++_elapsed[index] >= _maxEpisodeSteps;
        if (_metrics is not null)
        {
            Measure(index, _metrics);
        }
        if (_terminated[index] | _truncated[index])
        {
            EndEpisode(index);
        }
    }

    private void SampleCheck()
    {
        _uncheckedRows += Count;
        if (_uncheckedRows >= RowsPerCheck && _observationCheck is not null)
        {
            _uncheckedRows = 0;
            _nextChecked = (_nextChecked + 1) % Count;
            CheckRow(_nextChecked);
        }
    }

    private void CheckRow(int copy)
    {
        ReadOnlySpan<float> row = _observations.AsSpan(copy * _observationSize, _observationSize);
        int fault = _observationCheck!.FindFault(row);
        if (fault >= 0)
        {
            throw _observationCheck.Fault(
                Spec,
                "observation",
                row,
                fault,
                $"in step {_elapsed[copy]} of an episode of copy {copy}"
            );
        }
    }

    private void RequireReady(ReadOnlySpan<float> actions)
    {
        if (!_started)
        {
            throw new InvalidOperationException(
                $"{Spec.Id} was stepped before its first reset. Call Reset(seed) once before stepping."
            );
        }
        if (actions.Length != Count * _actionSize)
        {
            throw new ArgumentException(
                $"{Spec.Id} needs {Count} actions of {_actionSize} floats; {actions.Length} floats were given.",
                nameof(actions)
            );
        }
        _actionCheck.RequireActions(Spec, actions);
    }

    private unsafe Span<byte> CopyBytes() =>
        new(
            Unsafe.AsPointer(ref System.Runtime.InteropServices.MemoryMarshal.GetArrayDataReference(_environments)),
            _environments.Length * Unsafe.SizeOf<TEnvironment>()
        );
}
