using Environments;
using Environments.MinAtar;
using Environments.Randomness;
using Xunit;

namespace Tests.EnvironmentTests.MinAtar;

public sealed class BreakoutTests : MinAtarContract<Breakout>
{
    protected override string Name => "Breakout";

    protected override (double Mean, double Error) OriginalRandomReturn => (0.53, 0.02);

    protected override double RandomReturnTolerance => 0.05;

    protected override int RandomEpisodes => 4096;

    // The paddle follows the ball, sometimes a step ahead so that the ball turns back; the wall comes back only when the ball is down.
    [Fact]
    public void Step_WallCleared_ComesBackOnceTheBallIsDown()
    {
        var random = new Pcg64(2);
        Breakout game = default;
        game.Reset(ref random);
        int bricks = 30;
        int walls = 0;
        for (int t = 0; t < 20_000 && walls < 3; t++)
        {
            StepResult result = Follow(ref game, ref random);
            Assert.False(result.Terminated);
            int left = BoardView.Cells(game, 3).Length;
            if (left == 30 && bricks != 30)
            {
                Assert.Equal(0, bricks);
                Assert.Equal(8, BoardView.Cells(game, 1)[0].Row);
                Assert.Equal(0, result.Reward);
                walls++;
            }
            else
            {
                Assert.Equal(bricks - (int)result.Reward, left);
            }
            bricks = left;
        }
        Assert.Equal(3, walls);
    }

    private static StepResult Follow(ref Breakout game, ref Pcg64 random)
    {
        int ball = BoardView.Cells(game, 1)[0].Column;
        int paddle = BoardView.Cells(game, 0)[0].Column;
        MinAtarAction follow =
            ball < paddle ? MinAtarAction.Left
            : ball > paddle ? MinAtarAction.Right
            : MinAtarAction.Wait;
        var tried = (MinAtarAction)random.NextInt(0, 4);
        Breakout fork = game;
        bool careless = fork.Step(tried, ref random).Terminated || random.NextInt(0, 2) == 0;
        for (int ahead = 0; ahead < 12 && !careless; ahead++)
        {
            int x = BoardView.Cells(fork, 1)[0].Column;
            int y = BoardView.Cells(fork, 0)[0].Column;
            careless = fork.Step(
                x < y ? MinAtarAction.Left
                    : x > y ? MinAtarAction.Right
                    : MinAtarAction.Wait,
                ref random
            ).Terminated;
        }
        return game.Step(careless ? follow : tried, ref random);
    }
}
