using Environments.MinAtar;
using Xunit;

namespace Tests.EnvironmentTests.MinAtar;

public sealed class AsterixTests : MinAtarContract<Asterix>
{
    protected override string Name => "Asterix";

    protected override (double Mean, double Error) OriginalRandomReturn => (0.52, 0.05);

    protected override double RandomReturnTolerance => 0.05;

    protected override int RandomEpisodes => 4096;

    // A timer of n that is used up in step t is refilled and used up again in step t + n. Each 102nd step ends with shorter intervals:
    // one step less between spawns, and every second time one step less between moves.
    [Fact]
    public void Step_ManySteps_SpawnsAndMovesMoreAndMoreOften()
    {
        const int steps = 760;
        var draws = new ConstantDraws(real: 0.1, integer: 0); // gold from the left in the highest free row
        Asterix game = default;
        game.Reset(ref draws);
        var spawns = new List<int>();
        var moves = new List<int>();
        for (int t = 1; t <= steps; t++)
        {
            int drawn = draws.Reals;
            (int, int)[] before = Gold(game);
            game.Step(MinAtarAction.Down, ref draws); // the player waits in the lowest row
            if (draws.Reals > drawn)
            {
                spawns.Add(t);
            }
            if (!before.SequenceEqual(Gold(game)))
            {
                moves.Add(t);
            }
        }
        Assert.Equal(Times(11, t => 10 - (t - 1) / 102), spawns);
        Assert.Equal(Times(6, t => 5 - (t - 1) / 102 / 2).Skip(1), moves); // there was nothing to move in step 6

        static (int, int)[] Gold(in Asterix game) => [.. BoardView.Cells(game, 3).Where(cell => cell.Column > 0)];

        static IEnumerable<int> Times(int first, Func<int, int> interval)
        {
            for (int t = first; t <= steps; t += interval(t))
            {
                yield return t;
            }
        }
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
