namespace Protos;

/// <summary>T consecutive steps of B environment copies, time-major: what actors send and learners train on.</summary>
/// <remarks>
/// Row (t, b) of an array <c>[T, B, n]</c> begins at (t × B + b) × n. Owns its arrays and is refilled by its producer,
/// so a consumer is done with it before it asks for the next one.
/// </remarks>
public sealed class Unroll
{
    private readonly List<int> _finalRows = [];
    private readonly List<CompletedEpisode> _episodes = [];
    private float[] _finalObservations = [];

    /// <summary>Room for an unroll.</summary>
    /// <param name="steps">T.</param>
    /// <param name="copies">B.</param>
    /// <param name="observationSize">Floats in one observation.</param>
    /// <param name="actionSize">Floats in one action.</param>
    /// <param name="coreStateSize">Floats of core state per copy.</param>
    public Unroll(int steps, int copies, int observationSize, int actionSize, int coreStateSize)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(steps, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(copies, 1);
        Steps = steps;
        Copies = copies;
        ObservationSize = observationSize;
        ActionSize = actionSize;
        Observations = new float[(steps + 1) * copies * observationSize];
        Actions = new float[steps * copies * actionSize];
        Rewards = new float[steps * copies];
        Terminated = new bool[steps * copies];
        Truncated = new bool[steps * copies];
        BehaviourLogProbs = new float[steps * copies];
        EpisodeStarts = new bool[(steps + 1) * copies];
        InitialCoreState = new float[copies * coreStateSize];
    }

    /// <summary>Where it comes from.</summary>
    public UnrollHeader Header { get; set; } = new("", 0, 0, 0, "");

    /// <summary>T.</summary>
    public int Steps { get; }

    /// <summary>B.</summary>
    public int Copies { get; }

    /// <summary>Floats in one observation.</summary>
    public int ObservationSize { get; }

    /// <summary>Floats in one action.</summary>
    public int ActionSize { get; }

    /// <summary><c>[T + 1, B, ObservationSize]</c>; the last row only bootstraps.</summary>
    public float[] Observations { get; }

    /// <summary><c>[T, B, ActionSize]</c>, as the policy chose them, before any clipping to bounds.</summary>
    public float[] Actions { get; }

    /// <summary>Reward of action t, <c>[T, B]</c>.</summary>
    public float[] Rewards { get; }

    /// <summary>Step t ended the task, <c>[T, B]</c>.</summary>
    public bool[] Terminated { get; }

    /// <summary>Step t cut the episode off, <c>[T, B]</c>.</summary>
    public bool[] Truncated { get; }

    /// <summary>Log-probability of the chosen action under the behaviour policy, <c>[T, B]</c>.</summary>
    public float[] BehaviourLogProbs { get; }

    /// <summary>Observation t begins an episode, <c>[T + 1, B]</c>.</summary>
    public bool[] EpisodeStarts { get; }

    /// <summary>Core state before step 0, <c>[B, CoreStateSize]</c>.</summary>
    public float[] InitialCoreState { get; }

    /// <summary>Rows t × B + b whose step ended an episode, in the order of <see cref="FinalObservations"/>.</summary>
    public IReadOnlyList<int> FinalRows => _finalRows;

    /// <summary>The observation each ended episode closed with, <c>[FinalRows.Count, ObservationSize]</c>.</summary>
    public ReadOnlySpan<float> FinalObservations => _finalObservations.AsSpan(0, _finalRows.Count * ObservationSize);

    /// <summary>Episodes that ended inside.</summary>
    public IReadOnlyList<CompletedEpisode> Episodes => _episodes;

    /// <summary>Forgets final observations and episodes, before it is filled anew.</summary>
    internal void Clear()
    {
        _finalRows.Clear();
        _episodes.Clear();
    }

    /// <summary>Keeps the final observation of an episode that ended at a row.</summary>
    internal void AddFinalObservation(int row, ReadOnlySpan<float> observation)
    {
        int offset = _finalRows.Count * ObservationSize;
        if (_finalObservations.Length < offset + ObservationSize)
        {
            Array.Resize(ref _finalObservations, Math.Max(offset + ObservationSize, 2 * _finalObservations.Length));
        }
        observation.CopyTo(_finalObservations.AsSpan(offset));
        _finalRows.Add(row);
    }

    /// <summary>Keeps the score of an episode that ended inside.</summary>
    internal void AddEpisode(CompletedEpisode episode) => _episodes.Add(episode);
}
