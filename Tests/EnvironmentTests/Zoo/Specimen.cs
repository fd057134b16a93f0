using Environments;
using Environments.Randomness;
using Environments.Spaces;
using Environments.State;

namespace Tests.EnvironmentTests.Zoo;

/// <summary>Shows random members of any space for a few steps, and takes members of any other; pays for small actions.</summary>
internal sealed class Specimen(Space observations, Space actions) : IEnvironment, ISavableEnvironment
{
    private int _left;

    public Space ObservationSpace => observations;

    public Space ActionSpace => actions;

    public void Reset(Span<float> observation, ref Pcg64 random)
    {
        _left = random.NextInt(3, 7);
        observations.Sample(ref random, observation);
    }

    public StepResult Step(ReadOnlySpan<float> action, Span<float> observation, ref Pcg64 random)
    {
        // Of a box of bytes only the bounds hold: policies over boxes give real numbers.
        Space promised = actions is Box box ? box with { ElementType = ElementType.Float32 } : actions;
        if (!promised.Contains(action))
        {
            throw new InvalidOperationException($"[{string.Join(", ", action.ToArray())}] is not in {actions}.");
        }
        observations.Sample(ref random, observation);
        return new StepResult(Math.Clamp(-action[0], -1, 1), --_left <= 0);
    }

    public void SaveState(StateDictionary state) => state.Set("left", _left);

    public void LoadState(StateDictionary state) => _left = state.Get<int>("left");
}
