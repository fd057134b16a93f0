using Environments;
using Environments.Randomness;
using Environments.Spaces;

namespace Tests.ActorTests.Fleet;

/// <summary>Shows how many steps its episode has; what a test wants to happen in a step happens there.</summary>
/// <param name="beforeStep">Called before each step.</param>
/// <param name="reset">Called before each reset.</param>
internal sealed class WatchedEnvironment(Action beforeStep, Action? reset = null) : IEnvironment
{
    private int _steps;

    public Space ObservationSpace => new Box(0, 1e6f, 1);

    public Space ActionSpace => new Discrete(2);

    /// <summary>A registry in which <c>Watched-v0</c> is this.</summary>
    /// <param name="beforeStep">Told the number of each step, over all copies.</param>
    /// <param name="reset">Called before each reset.</param>
    public static EnvironmentRegistry Register(Action<int> beforeStep, Action? reset = null)
    {
        int steps = 0;
        var registry = new EnvironmentRegistry();
        registry.Register("Watched-v0", () => new WatchedEnvironment(() => beforeStep(Interlocked.Increment(ref steps)), reset));
        return registry;
    }

    public void Reset(Span<float> observation, ref Pcg64 random)
    {
        reset?.Invoke();
        _steps = 0;
        observation[0] = 0;
    }

    public StepResult Step(ReadOnlySpan<float> action, Span<float> observation, ref Pcg64 random)
    {
        beforeStep();
        observation[0] = ++_steps;
        return new StepResult(1);
    }
}
