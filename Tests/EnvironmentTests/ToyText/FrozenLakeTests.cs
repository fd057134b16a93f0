using Environments.Randomness;
using Environments.Tabular;
using Environments.ToyText;
using Tests.Contracts;
using Xunit;

namespace Tests.EnvironmentTests.ToyText;

public sealed class FrozenLakeTests : EnvironmentContract<FrozenLake>
{
    protected override string Id => "FrozenLake-v1";

    protected override double RandomReturnTolerance => 0.011;

    protected override int RandomEpisodes => 2000;

    protected override bool StartsAtRandom => false;

    [Fact]
    public void Model_EveryStateAndAction_IsGymnasiumsTable() => GoldenTable.Load(Id).RequireEqual(new FrozenLake().Model);

    [Fact]
    public void Step_SameSeed_PlaysGymnasiumsEpisodes() => GoldenTable.Load(Id).RequireSameEpisodes(Id, 2000);

    [Theory]
    [InlineData("4x4", true, 100, 0.74419, 0.54203)]
    [InlineData("8x8", true, 200, 0.91322, 0.41464)]
    [InlineData("4x4", false, 100, 1, 0.95099005)]
    public void Optimize_GymnasiumsLakes_GivesTheKnownSuccess(
        string name,
        bool slippery,
        int limit,
        double withinLimit,
        double discounted
    )
    {
        FrozenLakeMap lake = name == "4x4" ? FrozenLakeMap.FourByFour : FrozenLakeMap.EightByEight;
        ITabularModel model = slippery ? lake.Model : new FrozenLakeMap(["SFFF", "FHFH", "FFFH", "HFFG"], slippery: false).Model;
        Assert.Equal(withinLimit, TabularPlanner.Optimize(model, 1, limit).StartValue, 0.000005);
        Assert.Equal(discounted, TabularPlanner.Optimize(model, 0.99).StartValue, 0.000005);
    }

    [Fact]
    public void Optimize_WithoutLimit_SucceedsInFourteenOfSeventeenCases() =>
        Assert.Equal(14.0 / 17, TabularPlanner.Optimize(FrozenLakeMap.FourByFour.Model, 1).StartValue, 1e-9);

    [Fact]
    public void Transitions_OtherSuccessRate_SharesTheRestBetweenTheSides() =>
        Assert.Equal(
            [0.125, 0.75, 0.125],
            new FrozenLakeMap(["SF", "FG"], successRate: 0.75).Model.Transitions(0, 1).ToArray().Select(row => row.Probability)
        );

    [Theory]
    [InlineData("SFF", "FG")]
    [InlineData("FF", "FG")]
    [InlineData("SX", "FG")]
    public void Constructor_NoLake_ThrowsAndShowsTheRows(string first, string second)
    {
        var error = Assert.Throws<ArgumentException>(() => new FrozenLakeMap([first, second]));
        Assert.Contains($"[{first}, {second}]", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Random_ManySeeds_GivesLakesWhoseGoalIsReachable()
    {
        int holes = 0;
        for (ulong seed = 0; seed < 50; seed++)
        {
            FrozenLakeMap lake = FrozenLakeMap.Random(size: 5, frozen: 0.6, seed: seed, slippery: false);
            Assert.True(TabularPlanner.Optimize(lake.Model, 0.9).StartValue > 0);
            holes += Enumerable.Range(0, 25).Count(state => lake[state] == 'H');
        }
        Assert.InRange(holes, 200, 500); // 460 are drawn on average, fewer where the goal must be reachable
    }

    [Fact]
    public void Random_Seed42_DrawsOneUniformPerCellInReadingOrder()
    {
        var random = new Pcg64(42);
        FrozenLakeMap lake = FrozenLakeMap.Random(seed: 42);
        for (int state = 0; state < 64; state++)
        {
            char drawn = random.NextDouble() < 0.8 ? 'F' : 'H';
            Assert.Equal(
                state switch
                {
                    0 => 'S',
                    63 => 'G',
                    _ => drawn,
                },
                lake[state]
            );
        }
    }

    [Fact]
    public void Render_AfterAMove_ChangesThePicture() => RenderCheck.Run(new FrozenLake(), 1);
}

public sealed class FrozenLake8x8Tests : EnvironmentContract<FrozenLake>
{
    protected override string Id => "FrozenLake8x8-v1";

    protected override double RandomReturnTolerance => 0.005;

    protected override int RandomEpisodes => 2000;

    protected override bool StartsAtRandom => false;

    protected override FrozenLake Create() => new(FrozenLakeMap.EightByEight);

    [Fact]
    public void Model_EveryStateAndAction_IsGymnasiumsTable() => GoldenTable.Load(Id).RequireEqual(Create().Model);

    [Fact]
    public void Step_SameSeed_PlaysGymnasiumsEpisodes() => GoldenTable.Load(Id).RequireSameEpisodes(Id, 2000);
}
