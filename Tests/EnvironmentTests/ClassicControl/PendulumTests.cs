using Environments;
using Environments.ClassicControl;
using Environments.Randomness;
using Tests.Contracts;
using Xunit;

namespace Tests.EnvironmentTests.ClassicControl;

public sealed class PendulumTests : EnvironmentContract<Pendulum>
{
    protected override string Id => "Pendulum-v1";

    protected override double RandomReturnTolerance => 50;

    protected override int RandomEpisodes => 1000;

    protected override bool Prolong(ReadOnlySpan<float> observation, Span<float> action)
    {
        action[0] = 1;
        return true;
    }

    [Fact]
    public void Step_RecordedActions_ReproduceGymnasiumsTraces() =>
        GoldenTrace.Replay(Id, state => new Pendulum(state[0], state[1]), observationTolerance: 0, rewardTolerance: 0);

    [Fact]
    public void Step_HundredsOfSeeds_DoesTheOperationsOfTheOriginal()
    {
        var shown = new float[3];
        for (ulong seed = 0; seed < 50; seed++)
        {
            var random = new Pcg64(seed);
            double[] state = [random.NextUniform(-Math.PI, Math.PI), random.NextUniform(-1, 1)];
            var pendulum = new Pendulum(state[0], state[1]);
            for (int t = 0; t < 200; t++)
            {
                float action = (float)(3 * random.NextGaussian());
                (state, double reward) = OriginalSteps.Pendulum(state, action);

                float given = pendulum.Step([action], shown, ref random).Reward;

                Assert.Equal((float)reward, given);
                Assert.Equal((float)state[1], shown[2]);
            }
        }
    }

    [Fact]
    public void Wrap_AnglesOfManyTurns_HasTheRoundingsOfPythonsRemainder()
    {
        var random = new Pcg64(4);
        for (int i = 0; i < 20_000; i++)
        {
            double angle = random.NextUniform(-100, 100);
            double expected = OriginalSteps.PythonRemainder(angle + Math.PI, 2 * Math.PI) - Math.PI;
            Assert.Equal(expected, Pendulum.Wrap(angle));
        }
    }

    [Theory]
    [InlineData(1, 1.05655516193, 1.13110323861, -1.025)]
    [InlineData(10, 3.54697964162, 8.0, -62.951509583)]
    [InlineData(100, 1.57243187382, 2.61041098765, -496.53822629)]
    public void Step_SineOfTorque_ReachesTheKnownStates(int steps, double angle, double velocity, double rewards)
    {
        (float[] observation, double sum) = ClosedCheck.Run(new Pendulum(1, 0.5), steps, t => 2.5 * Math.Sin(0.3 * t));
        Assert.Equal(Math.Cos(angle), observation[0], 5e-7);
        Assert.Equal(Math.Sin(angle), observation[1], 5e-7);
        Assert.Equal(velocity, observation[2], 2e-6);
        Assert.Equal(rewards, sum, 1e-4);
    }

    [Fact]
    public void Step_TorqueBeyondTheLimit_IsClippedInMotionAndCost()
    {
        Assert.Equivalent(ClosedCheck.Run(new Pendulum(1, 0), 1, _ => 2), ClosedCheck.Run(new Pendulum(1, 0), 1, _ => 5));
    }

    [Fact]
    public void Step_WorstState_CostsTheStatedLeastReward()
    {
        (_, double sum) = ClosedCheck.Run(new Pendulum(-Math.PI, 8), 1, _ => 2);
        Assert.Equal(-16.2736044, sum, 1e-6);
    }

    [Fact]
    public void Reset_Seed42_EqualsGymnasiums()
    {
        using IBatchedEnvironment batch = EnvironmentRegistry.Default.Make(Id);
        batch.Reset(42);
        Assert.Equal([-0.14995256f, 0.98869318f, -0.12224312f], batch.Observations.ToArray(), (a, b) => Math.Abs(a - b) < 1e-7);
    }
}
