using Environments.ClassicControl;
using Tests.Contracts;
using Xunit;

namespace Tests.EnvironmentTests.ClassicControl;

public sealed class AcrobotTests : EnvironmentContract<Acrobot>
{
    protected override string Id => "Acrobot-v1";

    protected override double RandomReturnTolerance => 3;

    protected override bool Prolong(ReadOnlySpan<float> observation, Span<float> action)
    {
        action[0] = 1; // without torque the arm only dangles
        return true;
    }

    [Fact]
    public void Step_RecordedActions_ReproduceGymnasiumsTraces() =>
        GoldenTrace.Replay(
            Id,
            state => new Acrobot(state[0], state[1], state[2], state[3]),
            observationTolerance: 0,
            rewardTolerance: 0
        );

    [Theory]
    [InlineData(1, new[] { 0.104092263525, -0.0640468458415, 0.019602536589, -0.167270198853 })]
    [InlineData(10, new[] { -0.202520246537, 0.248870978539, -0.0909717533944, 0.833157762491 })]
    [InlineData(50, new[] { -0.789156028189, 1.81400113352, 1.9798769413, -2.19895993923 })]
    public void Step_CyclingTorques_ReachTheKnownStates(int steps, double[] expected)
    {
        (float[] observation, double sum) = ClosedCheck.Run(new Acrobot(0.1, -0.05, 0.02, 0.03), steps, t => t / 4 % 3);
        double[] shown =
        [
            Math.Cos(expected[0]),
            Math.Sin(expected[0]),
            Math.Cos(expected[1]),
            Math.Sin(expected[1]),
            expected[2],
            expected[3],
        ];
        Assert.Equal(shown, observation.Select(value => (double)value), (a, b) => Math.Abs(a - b) < 2e-7);
        Assert.Equal(-steps, sum);
    }
}
