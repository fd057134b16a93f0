using Environments.ClassicControl;
using Environments.Randomness;
using Tests.Contracts;
using Xunit;

namespace Tests.EnvironmentTests.ClassicControl;

public sealed class MountainCarTests : EnvironmentContract<MountainCar>
{
    protected override string Id => "MountainCar-v0";

    protected override double RandomReturnTolerance => 0.5;

    protected override bool Prolong(ReadOnlySpan<float> observation, Span<float> action)
    {
        action[0] = 1; // rolling never leaves the valley
        return true;
    }

    [Fact]
    public void Step_RecordedActions_ReproduceGymnasiumsTraces() =>
        GoldenTrace.Replay(Id, state => new MountainCar(state[0], state[1]), observationTolerance: 0, rewardTolerance: 0);

    [Fact]
    public void Step_HundredsOfSeeds_DoesTheOperationsOfTheOriginal()
    {
        var shown = new float[2];
        for (ulong seed = 0; seed < 50; seed++)
        {
            var random = new Pcg64(seed);
            double[] state = [random.NextUniform(-0.6, -0.4), 0];
            var car = new MountainCar(state[0], state[1]);
            for (int t = 0; t < 200; t++)
            {
                int action = state[1] >= 0 ? 2 : 0; // with the swing, where the last bits count most
                state = OriginalSteps.MountainCar(state, action);

                car.Step([action], shown, ref random);

                Assert.Equal(state, CartState(car));
            }
        }
    }

    private static double[] CartState(MountainCar car) =>
        [
            .. System.Runtime.InteropServices.MemoryMarshal.Cast<MountainCar, double>(
                System.Runtime.InteropServices.MemoryMarshal.CreateReadOnlySpan(ref car, 1)
            ),
        ];

    [Theory]
    [InlineData(1, -0.501176843004, -0.00117684300417)]
    [InlineData(20, -0.689296498671, -0.0135530769007)]
    [InlineData(40, -0.493561900957, 0.0268244850455)]
    [InlineData(60, -0.375891189674, -0.0162345535631)]
    public void Step_LeftRightLeft_ReachesTheKnownStates(int steps, double position, double velocity)
    {
        (float[] observation, double sum) = ClosedCheck.Run(new MountainCar(-0.5, 0), steps, t => t / 20 == 1 ? 2 : 0);
        Assert.Equal(position, observation[0], 5e-8);
        Assert.Equal(velocity, observation[1], 5e-9);
        Assert.Equal(-steps, sum);
    }

    [Fact]
    public void Step_IntoTheLeftWall_StopsTheCar()
    {
        (float[] observation, _) = ClosedCheck.Run(new MountainCar(-1.19, -0.05), 1, _ => 0);
        Assert.Equal([-1.2f, 0], observation);
    }
}
