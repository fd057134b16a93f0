using Environments;
using Environments.ClassicControl;
using Tests.Contracts;
using Xunit;

namespace Tests.EnvironmentTests.ClassicControl;

public sealed class CartPoleTests : EnvironmentContract<CartPole>
{
    protected override string Id => "CartPole-v1";

    protected override double RandomReturnTolerance => 1.5;

    protected override int RandomEpisodes => 2000;

    protected override bool Prolong(ReadOnlySpan<float> observation, Span<float> action)
    {
        action[0] = 0.05f * observation[0] + 0.1f * observation[1] + observation[2] + 0.3f * observation[3] > 0 ? 1 : 0;
        return true;
    }

    // A pole under recorded pushes is unstable: it multiplies a difference in the last bit of a float64 by 1e16 within 450 steps.
    [Fact]
    public void Step_RecordedActions_ReproduceGymnasiumsTraces() =>
        GoldenTrace.Replay(
            Id,
            state => new CartPole(state[0], state[1], state[2], state[3]),
            observationTolerance: 2e-8,
            rewardTolerance: 0,
            freeSteps: 200,
            resumedTolerance: 1e-7
        );

    [Theory]
    [InlineData(1, new[] { 0.0096, -0.215539017, 0.0308, 0.341995224 })]
    [InlineData(5, new[] { -0.0233127968, -0.218213807, 0.0829376373, 0.402115563 })]
    [InlineData(10, new[] { -0.0531838656, -0.419965304, 0.140403069, 0.847194815 })]
    public void Step_AlternatingPushes_ReachTheKnownStates(int steps, double[] expected)
    {
        (float[] observation, double sum) = ClosedCheck.Run(new CartPole(0.01, -0.02, 0.03, 0.04), steps, t => t / 3 % 2);
        Assert.Equal(expected, observation.Select(value => (double)value), (a, b) => Math.Abs(a - b) < 1e-7);
        Assert.Equal(steps, sum);
    }

    [Fact]
    public void Reset_Seed42_EqualsGymnasiums()
    {
        using IBatchedEnvironment batch = EnvironmentRegistry.Default.Make(Id);
        batch.Reset(42);
        Assert.Equal(
            [0.02739560f, -0.00611216f, 0.03585979f, 0.01973680f],
            batch.Observations.ToArray(),
            (a, b) => Math.Abs(a - b) < 1e-8
        );
    }
}

public sealed class CartPoleShortTests : EnvironmentContract<CartPole>
{
    protected override string Id => "CartPole-v0";

    protected override double RandomReturnTolerance => 1.5;

    protected override int RandomEpisodes => 2000;

    protected override bool Prolong(ReadOnlySpan<float> observation, Span<float> action)
    {
        action[0] = 0.05f * observation[0] + 0.1f * observation[1] + observation[2] + 0.3f * observation[3] > 0 ? 1 : 0;
        return true;
    }
}
