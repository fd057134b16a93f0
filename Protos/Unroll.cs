namespace Protos;

/// <summary>T consecutive steps of B environment copies, time-major: what actors send and learners train on.</summary>
/// <remarks>
/// Row (t, b) of an array <c>[T, B, n]</c> begins at (t × B + b) × n. Owns its arrays and is refilled by its producer,
/// so a consumer is done with it before it asks for the next one.
/// </remarks>
public sealed partial class Unroll
{
    private readonly List<int> _finalRows = [];
    private readonly List<CompletedEpisode> _episodes = [];
    private byte[] _finalFrames = [];
    private double[] _moments = [];
    private int _momentCount;

    /// <summary>Room for an unroll.</summary>
    public Unroll(UnrollShape shape)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(shape.Steps, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(shape.Copies, 1);
        Shape = shape;
        int rows = shape.Steps * shape.Copies;
        Observations = new ObservationStore(shape.Observations, shape.Steps, shape.Copies);
        Actions = new float[rows * shape.ActionSize];
        Rewards = new float[rows];
        Terminated = new bool[rows];
        Truncated = new bool[rows];
        BehaviourLogProbs = new float[rows];
        EpisodeStarts = new bool[rows + shape.Copies];
        InitialCoreState = new float[shape.Copies * shape.CoreStateSize];
    }

    /// <summary>Where it comes from.</summary>
    public UnrollHeader Header { get; set; } = new("", 0, 0, 0, "");

    /// <summary>Sizes of the arrays.</summary>
    public UnrollShape Shape { get; }

    /// <summary>T.</summary>
    public int Steps => Shape.Steps;

    /// <summary>B.</summary>
    public int Copies => Shape.Copies;

    /// <summary>What the agent saw before each step, and after the last one, which only bootstraps.</summary>
    /// <remarks>
    /// As the layers that define the task give it, before it was scaled and normalised; <see cref="ReadInputs(Span{float})"/> says what the network read.
    /// <see cref="UnrollHeader.HasRawObservations"/> is false for unrolls of releases that kept the latter.
    /// </remarks>
    public ObservationStore Observations { get; }

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

    /// <summary>Rows t × B + b whose step ended an episode, ascending.</summary>
    public IReadOnlyList<int> FinalRows => _finalRows;

    /// <summary>The last frame of each ended episode, as bytes of the observations' format, <c>[FinalRows.Count, FrameBytes]</c>.</summary>
    public ReadOnlySpan<byte> FinalFrames => _finalFrames.AsSpan(0, _finalRows.Count * Shape.Observations.FrameBytes);

    /// <summary>Episodes that ended inside.</summary>
    public IReadOnlyList<CompletedEpisode> Episodes => _episodes;

    /// <summary>
    /// What the actor's observation statistics took in since its unroll before: count, means, sums of squared deviations,
    /// <c>[1 + 2 ObservationSize]</c>; empty where observations are raw, from which the learner takes its statistics itself.
    /// </summary>
    public ReadOnlySpan<double> ObservationMoments => _moments.AsSpan(0, _momentCount);

    /// <summary>The observation with which an episode closed.</summary>
    /// <param name="index">Index into <see cref="FinalRows"/>.</param>
    /// <param name="observation">Destination, <c>[ObservationSize]</c>.</param>
    public void ReadFinalObservation(int index, Span<float> observation)
    {
        int size = Shape.Observations.FrameBytes;
        Observations.ReadFinal(_finalRows[index], FinalFrames.Slice(index * size, size), EpisodeStarts, observation);
    }

    /// <summary>Forgets final observations, episodes and how observations were read, before it is filled anew.</summary>
    internal void Clear()
    {
        _finalRows.Clear();
        _episodes.Clear();
        _momentCount = 0;
        _inputs.Clear();
    }

    /// <summary>Keeps the final observation of an episode that ended at a row; rows come in ascending order.</summary>
    /// <param name="row">Row t × B + b.</param>
    /// <param name="observation">All of it, <c>[ObservationSize]</c>.</param>
    internal void AddFinalObservation(int row, ReadOnlySpan<float> observation) =>
        Observations.Encode(observation[^Shape.Observations.FrameSize..], AddFinalFrame(row));

    /// <summary>Room for the final frame of an episode that ended at a row; rows come in ascending order.</summary>
    internal Span<byte> AddFinalFrame(int row)
    {
        int size = Shape.Observations.FrameBytes;
        int offset = _finalRows.Count * size;
        if (_finalFrames.Length < offset + size)
        {
            Array.Resize(ref _finalFrames, Math.Max(offset + size, 2 * _finalFrames.Length));
        }
        _finalRows.Add(row);
        return _finalFrames.AsSpan(offset, size);
    }

    /// <summary>Room for observation moments.</summary>
    internal Span<double> MakeObservationMoments(int count)
    {
        if (_moments.Length < count)
        {
            _moments = new double[count];
        }
        _momentCount = count;
        return _moments.AsSpan(0, count);
    }

    /// <summary>Completes an episode whose return was kept before.</summary>
    internal void SetEpisodeLength(int index, int length) => _episodes[index] = _episodes[index] with { Length = length };

    /// <summary>Keeps the score of an episode that ended inside.</summary>
    internal void AddEpisode(CompletedEpisode episode) => _episodes.Add(episode);
}
