using Environments;
using Environments.Randomness;
using Environments.Spaces;

namespace Tests.EnvironmentTests.Checking;

/// <summary>Shows zeros, and from its <paramref name="at"/>-th step on (0 for the first observation) what it was told to.</summary>
internal struct Showing(Space space, float[] row, int at = 0) : IEnvironment
{
    private int _steps;

    public readonly Space ObservationSpace => space;

    public readonly Space ActionSpace => new Discrete(2);

    public void Reset(Span<float> observation, ref Pcg64 random)
    {
        _steps = 0;
        Show(observation);
    }

    public StepResult Step(ReadOnlySpan<float> action, Span<float> observation, ref Pcg64 random)
    {
        _steps++;
        Show(observation);
        return new StepResult(1);
    }

    private readonly void Show(Span<float> observation)
    {
        observation.Clear();
        if (_steps >= at)
        {
            row.CopyTo(observation);
        }
    }

    /// <summary>A batch of them.</summary>
    public static IBatchedEnvironment Make(Space space, float[] row, int at = 0, int count = 1)
    {
        var registry = new EnvironmentRegistry();
        registry.Register("Showing-v0", () => new Showing(space, row, at), spec => spec with { MaxEpisodeSteps = 1_000 });
        return registry.Make("Showing-v0", count);
    }
}
