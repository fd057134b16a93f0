using Environments;
using Environments.Randomness;
using Environments.Spaces;

namespace Extend;

/// <summary>
/// A reservoir that rain fills and a gate empties. Observation: level from 0 to 1, and whether it rains. Action 0 closes the gate, 1 opens it. Wanted is a level
/// of a half; it measures how full the reservoir is, and in how many steps of an episode it overflowed.
/// </summary>
[Environment(
    "Own/Reservoir-v0",
    MaxEpisodeSteps = 64,
    ActionNames = ["close", "open"],
    Description = "Keep a reservoir half full."
)]
public struct Reservoir : IEnvironment
{
    private static readonly string[] Names = ["level", "overflows"];

    private float _level;
    private int _overflows;
    private bool _rains;

    /// <inheritdoc/>
    public readonly Space ObservationSpace => new Box(0, 1, 2);

    /// <inheritdoc/>
    public readonly Space ActionSpace => new Discrete(2);

    /// <inheritdoc/>
    public readonly IReadOnlyList<string> MetricNames => Names;

    /// <inheritdoc/>
    public void Reset(Span<float> observation, ref Pcg64 random)
    {
        _level = (float)random.NextUniform(0, 1);
        _overflows = 0;
        Show(observation, ref random);
    }

    /// <inheritdoc/>
    public StepResult Step(ReadOnlySpan<float> action, Span<float> observation, ref Pcg64 random)
    {
        _level += (_rains ? 0.1f : 0) - 0.08f * action[0];
        _overflows += _level > 1 ? 1 : 0;
        _level = Math.Clamp(_level, 0, 1);
        Show(observation, ref random);
        return new StepResult(0.5f - Math.Abs(_level - 0.5f));
    }

    /// <inheritdoc/>
    public readonly void Measure(bool episodeEnds, Span<float> values)
    {
        values[0] = _level;
        values[1] = episodeEnds ? _overflows : float.NaN; // once in an episode
    }

    private void Show(Span<float> observation, ref Pcg64 random)
    {
        _rains = random.NextUniform(0, 1) < 0.5;
        observation[0] = _level;
        observation[1] = _rains ? 1 : 0;
    }
}
