using Environments;
using Environments.MinAtar;
using Environments.Randomness;
using Xunit;

namespace Tests.EnvironmentTests.MinAtar;

public sealed class SpaceInvadersTests : MinAtarContract<SpaceInvaders>
{
    protected override string Name => "SpaceInvaders";

    protected override (double Mean, double Error) OriginalRandomReturn => (2.82, 0.08);

    protected override string RecordName => "space_invaders";

    protected override double RandomReturnTolerance => 0.12;

    protected override int RandomEpisodes => 4096;

    [Fact]
    public void Step_FormationShotDown_BringsTheNextOne()
    {
        var random = new Pcg64(1);
        SpaceInvaders game = default;
        game.Reset(ref random);
        int hits = 0;
        while (hits < 48)
        {
            StepResult result = game.Step(Choose(game, ref random), ref random);
            Assert.False(result.Terminated, $"Lost after {hits} hits.");
            hits += (int)result.Reward;
            (int Row, int Column)[] aliens = BoardView.Cells(game, 1);
            Assert.Equal(24 - hits % 24, aliens.Length);
            if (result.Reward > 0 && hits % 24 == 0)
            {
                Assert.Equal(Enumerable.Range(0, 24).Select(i => (i / 6, 2 + i % 6)), aliens);
            }
        }
    }

    // The first action of the random future that hits most without being hit.
    private static MinAtarAction Choose(SpaceInvaders game, ref Pcg64 random)
    {
        var best = MinAtarAction.Wait;
        float bestScore = float.NegativeInfinity;
        for (int future = 0; future < 300; future++)
        {
            SpaceInvaders fork = game;
            MinAtarAction first = SpaceInvaders.MinimalActions[future % 4];
            StepResult result = fork.Step(first, ref random);
            float score = result.Reward;
            for (int t = 0; t < 40 && !result.Terminated; t++)
            {
                result = fork.Step(SpaceInvaders.MinimalActions[random.NextInt(0, 4)], ref random);
                score += result.Reward * (1 - 0.01f * t); // the sooner the better
            }
            score -= result.Terminated ? 100 : 0;
            if (score > bestScore)
            {
                (best, bestScore) = (first, score);
            }
        }
        return best;
    }
}
