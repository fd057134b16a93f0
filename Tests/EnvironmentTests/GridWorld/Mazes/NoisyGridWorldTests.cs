using Environments.GridWorld.Mazes;
using Environments.Tabular;
using Tests.Contracts;
using Xunit;

namespace Tests.EnvironmentTests.GridWorld.Mazes;

public sealed class NoisyGridWorldTests : EnvironmentContract<NoisyGridWorld>
{
    protected override string Id => "GridWorld/RandomGrid-v0";

    protected override double RandomReturnTolerance => 0.35;

    protected override int RandomEpisodes => 2000;

    protected override bool StartsAtRandom => false;

    protected override NoisyGridWorld Create() => new(NoisyGridMap.Random(seed: 0));

    [Fact]
    public void Transitions_NextToWallRewardAndBorder_HaveTheNoisesProbabilities()
    {
        ITabularModel model = new NoisyGridMap(["S+", "#."], noise: 0.1, fallProbability: 0.01).Model;
        Transition[] right = model.Transitions(0, 1).ToArray();
        Assert.Equal([0, 1, 0, 0, 4], right.Select(row => row.NextState)); // border, reward, wall, border, fall
        Assert.Equal([0.0, 10, 0, 0, 0], right.Select(row => row.Reward));
        Assert.Equal([false, true, false, false, true], right.Select(row => row.Terminated));
        Assert.Equal(
            [0.99 * 0.025, 0.99 * 0.925, 0.99 * 0.025, 0.99 * 0.025, 0.01],
            right.Select(row => row.Probability),
            (a, b) => Math.Abs(a - b) < 1e-15
        );
    }

    [Fact]
    public void Random_ManyBoards_HaveTheStatedSharesOfWallsAndRewards()
    {
        var counts = new Dictionary<char, int>();
        for (ulong seed = 0; seed < 40; seed++)
        {
            NoisyGridMap map = NoisyGridMap.Random(seed, size: 20);
            Assert.Equal('S', map[10 * 20 + 10]);
            for (int state = 0; state < 400; state++)
            {
                counts[map[state]] = counts.GetValueOrDefault(map[state]) + 1;
            }
        }
        const double cells = 40 * 399;
        Assert.Equal(0.15, counts['#'] / cells, 0.012);
        Assert.Equal(0.85 * 0.02, counts['+'] / cells, 0.004); // tried only where no wall came first
        Assert.Equal(0.85 * 0.98 * 0.02, counts['-'] / cells, 0.004);
        Assert.Equal(0.85 * 0.98 * 0.98 * 0.02, counts['5'] / cells, 0.004);
    }

    [Fact]
    public void Optimize_TwentyFiveCopiesOfEachMove_ChangeNoValue()
    {
        ITabularModel few = NoisyGridMap.Random(seed: 3).Model;
        ITabularModel many = NoisyGridMap.Random(seed: 3, actionCopies: 25).Model;
        Assert.Equal(100, many.ActionCount);
        Assert.Equal(TabularPlanner.Optimize(few, 0.99).Values, TabularPlanner.Optimize(many, 0.99).Values);
    }

    [Theory]
    [InlineData("S.", "#")]
    [InlineData("SS", "..")]
    [InlineData("S.", ".X")]
    public void Constructor_NoBoard_ThrowsAndShowsTheRows(string first, string second)
    {
        var error = Assert.Throws<ArgumentException>(() => new NoisyGridMap([first, second]));
        Assert.Contains($"[{first}, {second}]", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Render_AfterAMove_ChangesThePicture() => RenderCheck.Run(Create(), 0);
}

public sealed class NoisyGridWorld20Tests : EnvironmentContract<NoisyGridWorld>
{
    protected override string Id => "GridWorld/RandomGrid20-v0";

    protected override double RandomReturnTolerance => 0.5;

    protected override int RandomEpisodes => 2000;

    protected override bool StartsAtRandom => false;

    protected override NoisyGridWorld Create() => new(NoisyGridMap.Random(seed: 0, size: 20));
}

public sealed class NoisyGridWorldManyActionsTests : EnvironmentContract<NoisyGridWorld>
{
    protected override string Id => "GridWorld/RandomGridManyActions-v0";

    protected override double RandomReturnTolerance => 0.35;

    protected override int RandomEpisodes => 2000;

    protected override bool StartsAtRandom => false;

    protected override NoisyGridWorld Create() => new(NoisyGridMap.Random(seed: 0, actionCopies: 25));
}

public sealed class CorridorTests : EnvironmentContract<NoisyGridWorld>
{
    protected override string Id => "GridWorld/Corridor-v0";

    protected override double RandomReturnTolerance => 0.8;

    protected override int RandomEpisodes => 2000;

    protected override bool StartsAtRandom => false;

    protected override NoisyGridWorld Create() => new(NoisyGridMap.Corridor());

    protected override bool Prolong(ReadOnlySpan<float> observation, Span<float> action)
    {
        action[0] = 0;
        return true;
    }

    [Fact]
    public void Optimize_Corridor_WalksTenCellsToTheRight() =>
        Assert.Equal(10 * Math.Pow(0.99, 9), TabularPlanner.Optimize(Create().Model, 0.99).StartValue, 1e-9);
}

public sealed class TwoStepDecisionTests : EnvironmentContract<TwoStepDecision>
{
    protected override string Id => "GridWorld/TwoStepDecision-v0";

    protected override double RandomReturnTolerance => 0;

    protected override bool StartsAtRandom => false;

    [Fact]
    public void Render_AfterAMove_ChangesThePicture() => RenderCheck.Run(new TwoStepDecision(), 1);
}
