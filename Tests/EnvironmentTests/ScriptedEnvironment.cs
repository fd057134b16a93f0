using Environments;
using Environments.Spaces;
using Environments.State;

namespace Tests.EnvironmentTests;

/// <summary>What a <see cref="ScriptedEnvironment"/> shows after one step.</summary>
internal sealed record ScriptedStep(
    float Observation,
    float Reward = 0,
    bool Terminated = false,
    bool Truncated = false,
    float Final = float.NaN
);

/// <summary>One copy that plays back given steps and remembers the actions it got.</summary>
internal sealed class ScriptedEnvironment(float first, params ScriptedStep[] script) : IBatchedEnvironment
{
    private readonly float[] _observation = new float[1];
    private readonly float[] _final = new float[1];
    private readonly float[] _reward = new float[1];
    private readonly bool[] _terminated = new bool[1];
    private readonly bool[] _truncated = new bool[1];
    private int _position;

    public EnvironmentSpec Spec { get; init; } = new("Scripted-v0", new Box(-100, 100, 1), new Box([-1, -2], [1, 2]));

    public int Count => 1;

    public AutoresetMode AutoresetMode { get; init; }

    public ReadOnlySpan<float> Observations => _observation;

    public ReadOnlySpan<float> FinalObservations => _final;

    public ReadOnlySpan<float> Rewards => _reward;

    public ReadOnlySpan<bool> Terminated => _terminated;

    public ReadOnlySpan<bool> Truncated => _truncated;

    public float[] LatestActions { get; private set; } = [];

    public bool IsDisposed { get; private set; }

    public void Reset(ulong seed)
    {
        _position = 0;
        _observation[0] = first;
    }

    public void Step(ReadOnlySpan<float> actions)
    {
        LatestActions = actions.ToArray();
        ScriptedStep step = script[_position++];
        _observation[0] = step.Observation;
        _reward[0] = step.Reward;
        _terminated[0] = step.Terminated;
        _truncated[0] = step.Truncated;
        if (step.Terminated || step.Truncated)
        {
            _final[0] = step.Final;
        }
    }

    public bool CanSaveState => true;

    public void SaveState(StateDictionary state) => state.Set("position", _position);

    public void LoadState(StateDictionary state) => _position = state.Get<int>("position");

    public void Dispose() => IsDisposed = true;
}
