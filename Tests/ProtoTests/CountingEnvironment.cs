using Environments;
using Environments.Spaces;
using Environments.State;

namespace Tests.ProtoTests;

/// <summary>Copies whose every observation is another, and whose episodes end where a test says; resets in the same step.</summary>
internal sealed class CountingEnvironment : IBatchedEnvironment
{
    private readonly int _first;
    private readonly int _frameSize;
    private readonly Func<int, int, bool> _endsAt;
    private readonly float[] _observations;
    private readonly float[] _finals;
    private int _step;

    /// <param name="first">Number of the first copy, so that two batches may be parts of a larger one.</param>
    /// <param name="count">Copies.</param>
    /// <param name="frameSize">Numbers in an observation.</param>
    /// <param name="bytes">Whether they are whole numbers from 0 to 255.</param>
    /// <param name="endsAt">Whether an episode of a copy ends in a step.</param>
    public CountingEnvironment(int first, int count, int frameSize, bool bytes, Func<int, int, bool> endsAt)
    {
        (_first, Count, _frameSize, _endsAt) = (first, count, frameSize, endsAt);
        IsBytes = bytes;
        Spec = new EnvironmentSpec(
            "Counting-v0",
            new Box(0, bytes ? 255 : 1e6f, frameSize) { ElementType = bytes ? ElementType.UInt8 : ElementType.Float32 },
            new Discrete(2)
        );
        _observations = new float[count * frameSize];
        _finals = new float[count * frameSize];
        Terminated = new bool[count];
        Truncated = new bool[count];
        Rewards = new float[count];
    }

    public bool IsBytes { get; }
    public EnvironmentSpec Spec { get; }
    public int Count { get; }
    public AutoresetMode AutoresetMode => AutoresetMode.SameStep;
    public ReadOnlySpan<float> Observations => _observations;
    public ReadOnlySpan<float> FinalObservations => _finals;
    ReadOnlySpan<float> IBatchedEnvironment.Rewards => Rewards;
    ReadOnlySpan<bool> IBatchedEnvironment.Terminated => Terminated;
    ReadOnlySpan<bool> IBatchedEnvironment.Truncated => Truncated;
    public bool CanSaveState => false;
    private float[] Rewards { get; }
    private bool[] Terminated { get; }
    private bool[] Truncated { get; }

    public void Reset(ulong seed) => Show(_observations, 0);

    public void Step(ReadOnlySpan<float> actions)
    {
        for (int b = 0; b < Count; b++)
        {
            bool ends = _endsAt(_step, _first + b);
            Terminated[b] = ends && (_step + _first + b) % 2 == 0;
            Truncated[b] = ends && (_step + _first + b) % 2 == 1;
            Rewards[b] = 100 * _step + _first + b;
        }
        _step++;
        Show(_observations, 0);
        Show(_finals, 1);
    }

    public void SaveState(StateDictionary state) => throw new NotSupportedException();

    public void LoadState(StateDictionary state) => throw new NotSupportedException();

    public void Dispose() { }

    // Numbers that differ between steps, copies, places in a frame, and first and final observations.
    private void Show(float[] destination, int kind)
    {
        for (int i = 0; i < destination.Length; i++)
        {
            int copy = _first + i / _frameSize;
            int number = ((_step * 5 + copy) * 2 + kind) * _frameSize + i % _frameSize;
            destination[i] = IsBytes ? number % 256 : number + 0.25f;
        }
    }
}
