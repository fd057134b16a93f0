using Environments;
using Environments.Spaces;
using Environments.State;

namespace Tests.EnvironmentTests.Wrappers;

/// <summary>One copy, batched by its own means, that shows a plain row and from a step on a given row.</summary>
internal sealed class ScriptedRows(Space space, float[] row, int at = 0) : IBatchedEnvironment
{
    private readonly float[] _plain = new float[row.Length];
    private int _steps;

    public EnvironmentSpec Spec { get; } = new("Rows-v0", space, new Discrete(2));

    public int Count => 1;

    public AutoresetMode AutoresetMode => AutoresetMode.SameStep;

    public ReadOnlySpan<float> Observations => _steps >= at ? row : Plain;

    public ReadOnlySpan<float> FinalObservations => Plain;

    public ReadOnlySpan<float> Rewards => new float[1];

    public ReadOnlySpan<bool> Terminated => new bool[1];

    public ReadOnlySpan<bool> Truncated => new bool[1];

    // 2 is in every space of bytes here; the least number of symbols is no 0.
    private float[] Plain
    {
        get
        {
            Array.Fill(_plain, Spec.ObservationSpace is Box { ElementType: ElementType.UInt8 } ? 2 : 0);
            return _plain;
        }
    }

    public void Reset(ulong seed) => _steps = 0;

    public void Step(ReadOnlySpan<float> actions) => _steps++;

    public bool CanSaveState => false;

    public void SaveState(StateDictionary state) => throw new NotSupportedException();

    public void LoadState(StateDictionary state) => throw new NotSupportedException();

    public void Dispose() { }
}
