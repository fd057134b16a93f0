using Environments;
using Environments.Randomness;
using Environments.Spaces;

namespace OwnEnvironment;

/// <summary>A cold room and a heater. Observation: degrees from the wanted 20, in tens. Action 0 is off, 1 is on.</summary>
[Environment(
    "Own/Thermostat-v0",
    MaxEpisodeSteps = 100,
    ActionNames = ["off", "on"],
    Description = "Keep a cold room at 20 degrees."
)]
public struct Thermostat : IEnvironment
{
    private float _temperature;

    /// <inheritdoc/>
    public readonly Space ObservationSpace => new Box(-10, 10, 1);

    /// <inheritdoc/>
    public readonly Space ActionSpace => new Discrete(2);

    /// <inheritdoc/>
    public void Reset(Span<float> observation, ref Pcg64 random)
    {
        _temperature = (float)random.NextUniform(5, 15);
        observation[0] = (_temperature - 20) / 10;
    }

    /// <inheritdoc/>
    public StepResult Step(ReadOnlySpan<float> action, Span<float> observation, ref Pcg64 random)
    {
        _temperature += action[0] - 0.02f * _temperature;
        observation[0] = (_temperature - 20) / 10;
        return new StepResult(-Math.Abs(observation[0]));
    }
}
