using Environments;
using Environments.Randomness;
using Environments.Spaces;

namespace Tests.EnvironmentTests.Wrappers;

/// <summary>Shows the number of the step and the latest action, pays the number of the step, and ends after a drawn number of steps.</summary>
internal struct CountingEnvironment : IEnvironment
{
    private int _step;
    private int _end;

    public readonly Space ObservationSpace => new Box(0, 1000, 2);

    public readonly Space ActionSpace => new Discrete(10);

    /// <summary>A batch whose episodes end within <paramref name="shortest"/> to <paramref name="longest"/> steps.</summary>
    public static BatchedEnvironment<CountingEnvironment> Make(int copies, int shortest, int longest, int? limit = null) =>
        new(
            new EnvironmentSpec("Counting-v0", new Box(0, 1000, 2), new Discrete(10)) { MaxEpisodeSteps = limit },
            () => new CountingEnvironment { Shortest = shortest, Longest = longest },
            copies
        );

    public int Shortest { get; init; }

    public int Longest { get; init; }

    public void Reset(Span<float> observation, ref Pcg64 random)
    {
        _step = 0;
        _end = random.NextInt(Shortest, Longest + 1);
        observation[0] = 0;
        observation[1] = 0;
    }

    public StepResult Step(ReadOnlySpan<float> action, Span<float> observation, ref Pcg64 random)
    {
        _step++;
        observation[0] = _step;
        observation[1] = action[0];
        return new StepResult(_step, _step == _end);
    }
}
