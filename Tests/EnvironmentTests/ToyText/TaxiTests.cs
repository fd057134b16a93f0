using Environments;
using Environments.Tabular;
using Environments.ToyText;
using Tests.Contracts;
using Xunit;

namespace Tests.EnvironmentTests.ToyText;

public sealed class TaxiTests : EnvironmentContract<Taxi>
{
    protected override string Id => "Taxi-v3";

    protected override double RandomReturnTolerance => 25;

    protected override bool Prolong(ReadOnlySpan<float> observation, Span<float> action)
    {
        action[0] = 0;
        return true;
    }

    [Fact]
    public void Model_EveryStateAndAction_IsGymnasiumsTable() => GoldenTable.Load(Id).RequireEqual(new Taxi().Model);

    [Fact]
    public void Step_SameSeed_PlaysGymnasiumsEpisodes() => GoldenTable.Load(Id).RequireSameEpisodes(Id, 1000);

    [Theory]
    [InlineData(0, 314)]
    [InlineData(1, 252)]
    [InlineData(2, 128)]
    [InlineData(42, 386)]
    public void Reset_KnownSeeds_ShowsGymnasiumsFirstObservation(ulong seed, int expected)
    {
        using IBatchedEnvironment batch = EnvironmentRegistry.Default.Make("Taxi-v4");
        batch.Reset(seed);
        Assert.Equal([expected], batch.Observations.ToArray());
    }

    [Theory]
    [InlineData(false, 7.930, 6.32746)]
    [InlineData(true, 3.955, 2.2476)]
    public void Optimize_DryAndRainy_GivesTheKnownReturns(bool rainy, double withinLimit, double discounted)
    {
        ITabularModel model = new Taxi(rainy).Model;
        Assert.Equal(withinLimit, TabularPlanner.Optimize(model, 1, horizon: 200).StartValue, 0.0005);
        Assert.Equal(discounted, TabularPlanner.Optimize(model, 0.99).StartValue, 0.00005);
    }

    [Fact]
    public void Render_AfterAMove_ChangesThePicture() => RenderCheck.Run(new Taxi(), 0, 1, 1);
}
