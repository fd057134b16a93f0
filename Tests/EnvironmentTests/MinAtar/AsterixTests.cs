using Environments.MinAtar;
using Xunit;

namespace Tests.EnvironmentTests.MinAtar;

public sealed class AsterixTests : MinAtarContract<Asterix>
{
    protected override string Name => "Asterix";

    protected override (double Mean, double Error) OriginalRandomReturn => (0.52, 0.05);

    protected override double RandomReturnTolerance => 0.05;

    protected override int RandomEpisodes => 4096;

    // The 11th step finds the timer of 10 used up; the difficulty rises in every 102nd step.
    [Fact]
    public void Step_ManySteps_SpawnsMoreAndMoreOften()
    {
        var draws = new ConstantDraws(real: 0.1, integer: 0);
        Asterix game = default;
        game.Reset(ref draws);
        var spawns = new List<int>();
        for (int t = 1; t <= 230; t++)
        {
            int before = draws.Reals;
            game.Step(MinAtarAction.Wait, ref draws);
            if (draws.Reals > before)
            {
                spawns.Add(t);
            }
        }
        Assert.Equal(
            [11, 21, 31, 41, 51, 61, 71, 81, 91, 101, 111, 120, 129, 138, 147, 156, 165, 174, 183, 192, 201, 210, 218, 226],
            spawns
        );
    }

    [Fact]
    public void Step_GoldReachesThePlayer_IsCollected()
    {
        var draws = new ConstantDraws(real: 0.1, integer: 4); // gold from the left in row 5, the player's
        Asterix game = default;
        game.Reset(ref draws);
        float sum = 0;
        int steps = 0;
        while (sum == 0)
        {
            var result = game.Step(MinAtarAction.Wait, ref draws);
            Assert.False(result.Terminated);
            sum += result.Reward;
            Assert.True(++steps < 100);
        }
        Assert.Equal(31, steps); // it comes in step 11 and moves in 11, 16, 21, …
        Assert.DoesNotContain((5, 5), BoardView.Cells(game, 3));
    }

    [Fact]
    public void Step_EnemyReachesThePlayer_Ends()
    {
        var draws = new ConstantDraws(real: 0.4, integer: 4);
        Asterix game = default;
        game.Reset(ref draws);
        int steps = 0;
        while (!game.Step(MinAtarAction.Wait, ref draws).Terminated)
        {
            Assert.True(++steps < 100);
        }
        Assert.Equal(30, steps); // and one more
        Assert.Contains((5, 4), BoardView.Cells(game, 2));
    }
}
