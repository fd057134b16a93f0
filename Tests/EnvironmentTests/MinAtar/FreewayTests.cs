using Environments;
using Environments.MinAtar;
using Environments.Randomness;
using Xunit;

namespace Tests.EnvironmentTests.MinAtar;

public sealed class FreewayTests : MinAtarContract<Freeway>
{
    protected override string Name => "Freeway";

    protected override (double Mean, double Error) OriginalRandomReturn => (0.05, 0.05);

    protected override bool StartsAtRandom => true;

    protected override double RandomReturnTolerance => 0.1;

    protected override int RandomEpisodes => 256;

    [Fact]
    public void Step_AlwaysUp_CrossesSomeDozenTimesIn2501Steps()
    {
        var random = new Pcg64(3);
        Freeway game = default;
        game.Reset(ref random);
        float sum = 0;
        int steps = 0;
        StepResult result;
        do
        {
            result = game.Step(MinAtarAction.Up, ref random);
            sum += result.Reward;
            steps++;
        } while (!result.Terminated);
        Assert.Equal(2501, steps);
        Assert.InRange(sum, 12, 92);
    }
}
