using Environments;
using Environments.ClassicControl;
using Environments.Randomness;
using Tests.Contracts;
using Xunit;

namespace Tests.EnvironmentTests.ClassicControl;

public sealed class MountainCarContinuousTests : EnvironmentContract<MountainCarContinuous>
{
    protected override string Id => "MountainCarContinuous-v0";

    protected override double RandomReturnTolerance => 0.5;

    protected override bool Prolong(ReadOnlySpan<float> observation, Span<float> action)
    {
        action[0] = 0; // rolling never leaves the valley
        return true;
    }

    [Fact]
    public void Step_RecordedActions_ReproduceGymnasiumsTraces() =>
        GoldenTrace.Replay(
            Id,
            state => new MountainCarContinuous(state[0], state[1]),
            observationTolerance: 0,
            rewardTolerance: 0
        );

    [Theory]
    [InlineData(20, -0.355582476, 0.0148806274, -2.581264)]
    [InlineData(60, -1.00147021, -0.0410209708, -7.04203231)]
    public void Step_SineOfGrowingForce_ReachesTheKnownStates(int steps, double position, double velocity, double rewards)
    {
        (float[] observation, double sum) = ClosedCheck.Run(
            new MountainCarContinuous(-0.5, 0),
            steps,
            t => 1.5 * Math.Sin(0.1 * t)
        );
        Assert.Equal(position, observation[0], 1e-7);
        Assert.Equal(velocity, observation[1], 1e-8);
        Assert.Equal(rewards, sum, 1e-6);
    }

    [Fact]
    public void Step_ActionBeyondTheLimit_ClipsTheForceButChargesTheAction()
    {
        (float[] atLimit, double rewardAtLimit) = ClosedCheck.Run(new MountainCarContinuous(-0.5, 0), 1, _ => 1);
        (float[] beyond, double rewardBeyond) = ClosedCheck.Run(new MountainCarContinuous(-0.5, 0), 1, _ => 3);
        Assert.Equal(atLimit, beyond);
        Assert.Equal(-0.1, rewardAtLimit, 1e-7);
        Assert.Equal(-0.9, rewardBeyond, 1e-7);
    }

    [Fact]
    public void Step_ReachingTheGoal_TerminatesWithTheBonus()
    {
        var car = new MountainCarContinuous(0.44, 0.05);
        var random = new Pcg64(0);
        StepResult result = car.Step([0.5f], new float[2], ref random);
        Assert.True(result.Terminated);
        Assert.Equal(99.975f, result.Reward, 1e-5f);
    }
}
