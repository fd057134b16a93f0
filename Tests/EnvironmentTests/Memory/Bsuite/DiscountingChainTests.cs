using Environments;
using Environments.Memory.Bsuite;
using Tests.Contracts;
using Xunit;

namespace Tests.EnvironmentTests.Memory.Bsuite;

public sealed class DiscountingChainTests : EnvironmentContract<DiscountingChain>
{
    protected override string Id => "Memory/DiscountingChain-v0?favoured=3";

    protected override double RandomReturnTolerance => 0.003;

    protected override int RandomEpisodes => 2000;

    protected override bool StartsAtRandom => false;

    protected override DiscountingChain Create() => new(3);

    [Theory]
    [InlineData(0, 1, 1)]
    [InlineData(1, 3, 1)]
    [InlineData(2, 10, 1)]
    [InlineData(3, 30, 1.1f)]
    [InlineData(4, 100, 1)]
    public void Step_FirstChoice_DecidesWhenAndWhatIsPaid(int choice, int time, float reward)
    {
        using IBatchedEnvironment batch = EnvironmentRegistry.Default.Make(Id);
        batch.Reset(0);
        Assert.Equal([-1, 0], batch.Observations);
        for (int t = 1; t <= 100; t++)
        {
            batch.Step([t == 1 ? choice : (choice + 1) % 5]);
            Assert.Equal(t == time ? reward : 0, batch.Rewards[0]);
            Assert.Equal(t == 100, batch.Terminated[0]);
            Assert.Equal([choice, t / 100f], t == 100 ? batch.FinalObservations : batch.Observations);
        }
    }
}
