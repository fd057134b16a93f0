using Environments.Naming;
using Environments.Randomness;
using Environments.Rendering;
using Environments.Spaces;
using Environments.State;
using Protos.Bridge;
using SkiaSharp;

namespace Environments.Remote;

/// <summary>B copies of an environment that runs in Python, here or elsewhere. Resets in the same step.</summary>
/// <remarks>
/// A server that dies or hangs is replaced. Its episodes are then truncated where they stood: reward 0, the last observation that arrived as
/// the final one, and a new episode's first observation, so that nothing of the old server is ever joined to the new one; <see cref="LostEpisodes"/> counts them. An exception of the environment,
/// or an answer that breaks the contract, is an <see cref="EnvironmentFaultException"/> and final. Owns its lane, and with it the process
/// that it started.
/// </remarks>
public sealed class RemoteEnvironment : IBatchedEnvironment, IInformative
{
    private readonly ReplaceableLane _lane;
    private readonly RemotePictures _pictures;
    private readonly StepResults _results;
    private readonly RowCheck _actionCheck;
    private readonly int _observationSize;
    private readonly bool[] _isFirst; // whether a copy shows an episode's first observation
    private readonly bool[] _isCut; // whether a resting copy's episode was lost, which is told when it steps next
    private readonly bool[] _active;
    private readonly int[] _lostEpisodes;
    private readonly InfoMetrics _infos = new();
    private ulong _seed;
    private bool _started;

    /// <summary>A batch over a lane.</summary>
    /// <param name="spec">Description of one copy.</param>
    /// <param name="count">Copies, B.</param>
    /// <param name="framesPerSecond">Pictures per second; 0 where it draws none.</param>
    /// <param name="open">Opens a lane.</param>
    /// <param name="maxRestarts">Lanes that may be replaced, each less than <see cref="ReplaceableLane.GoodStepsPerRestart"/> steps after the one before.</param>
    internal RemoteEnvironment(
        EnvironmentSpec spec,
        int count,
        int framesPerSecond,
        ReplaceableLane.Opening open,
        int maxRestarts
    )
    {
        Spec = spec;
        Count = count;
        _lane = new ReplaceableLane(spec.Id, open, maxRestarts);
        _pictures = new RemotePictures(spec.Id, framesPerSecond, _lane);
        _results = _lane.Current.Results;
        _actionCheck = RowCheck.OfActions(spec.ActionSpace);
        _observationSize = spec.ObservationSpace.Size;
        _isFirst = new bool[count];
        _isCut = new bool[count];
        _active = new bool[count];
        _lostEpisodes = new int[count];
    }

    /// <inheritdoc/>
    public EnvironmentSpec Spec { get; }

    /// <inheritdoc/>
    public int Count { get; }

    /// <summary>Servers that died or hung and were replaced.</summary>
    public int Restarts => _lane.Restarts;

    /// <summary>Why the latest server was replaced; null where none was.</summary>
    public string? LastLoss => _lane.LastLoss;

    /// <summary>Seconds that the latest step took within Python.</summary>
    public double ServerSeconds => _results.ServerSeconds;

    /// <summary>The way to Python.</summary>
    internal IBatchLane Lane => _lane.Current;

    /// <inheritdoc/>
    public AutoresetMode AutoresetMode => AutoresetMode.SameStep;

    /// <inheritdoc/>
    public ReadOnlySpan<float> Observations => _results.Observations;

    /// <inheritdoc/>
    public ReadOnlySpan<float> FinalObservations => _results.FinalObservations;

    /// <inheritdoc/>
    public ReadOnlySpan<float> Rewards => _results.Rewards;

    /// <inheritdoc/>
    public ReadOnlySpan<bool> Terminated => _results.Terminated;

    /// <inheritdoc/>
    public ReadOnlySpan<bool> Truncated => _results.Truncated;

    /// <inheritdoc/>
    public ReadOnlySpan<int> LostEpisodes => _lostEpisodes;

    /// <summary>What the environment said besides in the step that ended a copy's episode, as JSON; null where the latest step did not end it.</summary>
    public string? FinalInfo(int copy) => _results.FinalInfos.Find(info => info.Copy == copy)?.Json;

    /// <inheritdoc/>
    public void Reset(ulong seed)
    {
        _seed = seed;
        ResetLane(seed);
        Array.Clear(_isCut);
        _started = true;
    }

    /// <inheritdoc/>
    public void Step(ReadOnlySpan<float> actions)
    {
        if (_isCut.AsSpan().Contains(true))
        {
            Array.Fill(_active, true);
            StepSome(actions, _active);
            return;
        }
        RequireReady(actions);
        StepLane(actions, []);
    }

    /// <inheritdoc/>
    public void StepSome(ReadOnlySpan<float> actions, ReadOnlySpan<bool> active)
    {
        RequireReady(actions);
        if (active.Length != Count)
        {
            throw new ArgumentException($"{Spec.Id} has {Count} copies; {active.Length} flags were given.", nameof(active));
        }
        Span<bool> stepping = Count <= 1024 ? stackalloc bool[Count] : new bool[Count];
        for (int i = 0; i < Count; i++)
        {
            stepping[i] = active[i] && !_isCut[i];
        }
        StepLane(actions, stepping);
        for (int i = 0; i < Count; i++)
        {
            if (_isCut[i] && active[i])
            {
                _isCut[i] = false;
                _results.Truncated[i] = true; // the final observation was kept when the episode was lost
                _lostEpisodes[i]++;
            }
            else if (_isCut[i])
            {
                Row(_results.FinalObservations, i).CopyTo(Row(_results.Observations, i));
            }
        }
    }

    /// <inheritdoc/>
    /// <remarks>Numbers of the info with which episodes ended, by their keys.</remarks>
    public void TakeMetrics(EnvironmentMetrics destination) => _infos.MoveTo(destination);

    /// <inheritdoc/>
    public Action<int>? EpisodeEnding { get; set; }

    /// <inheritdoc/>
    /// <remarks>Called for every server that is replaced.</remarks>
    public Action<string>? Warn
    {
        get => _lane.Warn;
        set => _lane.Warn = value;
    }

    /// <inheritdoc/>
    public void Interrupt() => _lane.Interrupt();

    /// <inheritdoc/>
    public RenderInfo? Rendering => _pictures.Info;

    /// <inheritdoc/>
    public void Render(int copy, SKCanvas canvas)
    {
        ArgumentNullException.ThrowIfNull(canvas);
        _pictures.Draw(copy, canvas);
    }

    /// <summary>False: what runs elsewhere is not saved, and a resumed run begins new episodes.</summary>
    public bool CanSaveState => false;

    /// <inheritdoc/>
    public void SaveState(StateDictionary state)
    {
        // Nothing: see CanSaveState. Layers around this one save theirs.
    }

    /// <inheritdoc/>
    public void LoadState(StateDictionary state)
    {
        // Nothing was saved; whoever resumes resets.
    }

    /// <inheritdoc/>
    public void Dispose() => _lane.Dispose();

    private void StepLane(ReadOnlySpan<float> actions, ReadOnlySpan<bool> active)
    {
        try
        {
            _lane.Current.Step(actions, active, EpisodeEnding is not null && _pictures.Any);
        }
        catch (BridgeLostException lost)
        {
            CutEpisodes(lost, active);
            return;
        }
        _lane.NoteGoodStep();
        _infos.Add(_results.FinalInfos);
        for (int i = 0; i < Count; i++)
        {
            if (active.IsEmpty || active[i])
            {
                _isFirst[i] = _results.HasEnded(i);
            }
        }
        if (EpisodeEnding is { } ending)
        {
            foreach (Picture picture in _results.FinalPictures)
            {
                _pictures.Final = picture;
                ending((int)picture.Copy);
            }
            _pictures.Final = null;
        }
    }

    private void CutEpisodes(BridgeLostException lost, ReadOnlySpan<bool> active)
    {
        float[] before = [.. _results.Observations];
        bool[] wasFirst = [.. _isFirst];
        _lane.Replace(lost);
        ResetLane(new SeedSequence(_seed).Child((uint)Restarts).GenerateSeed());
        for (int i = 0; i < Count; i++)
        {
            if (active.IsEmpty || active[i])
            {
                Row(before, i).CopyTo(Row(_results.FinalObservations, i));
                _results.Truncated[i] = true;
                _lostEpisodes[i]++;
            }
            else if (!wasFirst[i] || _isCut[i])
            {
                _isCut[i] = true;
                Row(before, i).CopyTo(Row(_results.FinalObservations, i));
                Row(before, i).CopyTo(Row(_results.Observations, i));
            }
        }
    }

    private void ResetLane(ulong seed)
    {
        _lane.Reset(seed);
        Array.Fill(_isFirst, true);
    }

    private void RequireReady(ReadOnlySpan<float> actions)
    {
        if (!_started)
        {
            throw new InvalidOperationException(
                $"{Spec.Id} was stepped before its first reset. Call Reset(seed) once before stepping."
            );
        }
        int size = Spec.ActionSpace.Size;
        if (actions.Length != Count * size)
        {
            throw new ArgumentException(
                $"{Spec.Id} needs {Count} actions of {size} floats; {actions.Length} floats were given.",
                nameof(actions)
            );
        }
        _actionCheck.RequireActions(Spec, actions);
    }

    private Span<float> Row(float[] rows, int copy) => rows.AsSpan(copy * _observationSize, _observationSize);
}
