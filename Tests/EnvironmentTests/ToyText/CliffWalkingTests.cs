using Environments.Tabular;
using Environments.ToyText;
using Tests.Contracts;
using Xunit;

namespace Tests.EnvironmentTests.ToyText;

public sealed class CliffWalkingTests : EnvironmentContract<CliffWalking>
{
    protected override string Id => "CliffWalking-v0";

    protected override double RandomReturnTolerance => 16_000;

    protected override bool StartsAtRandom => false;

    protected override int StepsOfThreeEpisodes => 200_000;

    [Fact]
    public void Model_EveryStateAndAction_IsGymnasiumsTable() => GoldenTable.Load(Id).RequireEqual(new CliffWalking().Model);

    [Theory]
    [InlineData("CliffWalking-v0")]
    [InlineData("CliffWalking-v1")]
    public void Step_SameSeed_PlaysGymnasiumsEpisodes(string id) => GoldenTable.Load(Id).RequireSameEpisodes(id, 5000);

    [Fact]
    public void Optimize_FirmGround_WalksAlongTheEdgeInThirteenSteps()
    {
        Assert.Equal(-13, TabularPlanner.Optimize(new CliffWalking().Model, 1).StartValue, 1e-9);
        Assert.Equal(-(1 - Math.Pow(0.99, 13)) / 0.01, TabularPlanner.Optimize(new CliffWalking().Model, 0.99).StartValue, 1e-9);
    }

    [Fact]
    public void Render_AfterAMove_ChangesThePicture() => RenderCheck.Run(new CliffWalking(), 0);
}

public sealed class CliffWalkingSlipperyTests : EnvironmentContract<CliffWalking>
{
    protected override string Id => "CliffWalkingSlippery-v1";

    protected override double RandomReturnTolerance => 16_000;

    protected override bool StartsAtRandom => false;

    protected override int StepsOfThreeEpisodes => 200_000;

    protected override CliffWalking Create() => new(slippery: true);

    [Fact]
    public void Transitions_AtTheEdge_GoToEitherSideOfTheDirection() =>
        Assert.Equal(
            [new Transition(1.0 / 3, 13, -1), new Transition(1.0 / 3, 26, -1), new Transition(1.0 / 3, 36, -100)],
            new CliffWalking(slippery: true).Model.Transitions(25, 1).ToArray()
        );

    [Fact]
    public void Optimize_SlipperyGround_GivesTheKnownReturns()
    {
        ITabularModel model = new CliffWalking(slippery: true).Model;
        Assert.Equal(-64.709, TabularPlanner.Optimize(model, 1).StartValue, 0.0005);
        Assert.Equal(-46.353, TabularPlanner.Optimize(model, 0.99).StartValue, 0.0005);
    }
}
