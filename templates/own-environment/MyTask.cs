using Environments;
using Environments.Randomness;
using Environments.Spaces;

namespace MyTask;

/// <summary>A cold room and a heater, to be replaced by your task. Action 0 is off, 1 is on.</summary>
[Environment(
    "Own/MyTask-v0",
    MaxEpisodeSteps = 100,
    ActionNames = ["off", "on"],
    Description = "Keep a cold room at 20 degrees."
)]
public struct MyTaskEnvironment : IEnvironment
{
    private float _temperature;

    public readonly Space ObservationSpace => new Box(-10, 10, 1);

    public readonly Space ActionSpace => new Discrete(2);

    public void Reset(Span<float> observation, ref Pcg64 random)
    {
        _temperature = (float)random.NextUniform(5, 15);
        observation[0] = (_temperature - 20) / 10;
    }

    public StepResult Step(ReadOnlySpan<float> action, Span<float> observation, ref Pcg64 random)
    {
        _temperature += action[0] - 0.02f * _temperature;
        observation[0] = (_temperature - 20) / 10;
        return new StepResult(-Math.Abs(observation[0]));
    }
}
