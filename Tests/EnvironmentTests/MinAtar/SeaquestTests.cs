using Environments;
using Environments.MinAtar;
using Environments.Randomness;
using Xunit;

namespace Tests.EnvironmentTests.MinAtar;

public sealed class SeaquestTests : MinAtarContract<Seaquest>
{
    private static readonly (int Low, int High, double Value)[] FishInTheFirstRow = [(0, 0, 0.4), (0, 0, 0.9), (1, 9, 1)];
    private static readonly (int Low, int High, double Value)[] SubmarineInTheFirstRow = [(0, 0, 0.4), (0, 0, 0.3), (1, 9, 1)];
    private static readonly (int Low, int High, double Value)[] DiverInTheFirstRow = [(0, 0, 0.4), (1, 9, 1)];

    protected override string Name => "Seaquest";

    protected override (double Mean, double Error) OriginalRandomReturn => (0.11, 0.02);

    protected override double RandomReturnTolerance => 0.04;

    protected override int RandomEpisodes => 4096;

    [Fact]
    public void Step_FishIsShot_PaysOne()
    {
        var draws = new RecordedDraws(FishInTheFirstRow);
        Seaquest game = Dive(ref draws);
        Wait(ref game, ref draws, 19); // the fish comes in step 21
        Assert.Equal(0, game.Step(MinAtarAction.Fire, ref draws).Reward);
        Assert.Equal([(1, 0)], BoardView.Cells(game, 5));
        Assert.Equal([(1, 4)], BoardView.Cells(game, 2));
        Wait(ref game, ref draws, 3);
        Assert.Equal(1, game.Step(MinAtarAction.Wait, ref draws).Reward);
        Assert.Empty(BoardView.Cells(game, 5));
        Assert.Empty(BoardView.Cells(game, 2));
    }

    [Fact]
    public void Step_EnemySubmarine_ShootsAfterTenSteps()
    {
        var draws = new RecordedDraws([.. SubmarineInTheFirstRow, .. DiverInTheFirstRow]);
        Seaquest game = Dive(ref draws);
        Wait(ref game, ref draws, 20);
        Assert.Equal([(1, 0)], BoardView.Cells(game, 6));
        Wait(ref game, ref draws, 9);
        Assert.Equal([(1, 1)], BoardView.Cells(game, 6)); // it moved in the sixth step
        Assert.Empty(BoardView.Cells(game, 4));
        Wait(ref game, ref draws, 1);
        Assert.Equal([(1, 2)], BoardView.Cells(game, 4)); // from its own cell, and on at once
        Wait(ref game, ref draws, 2);
        Assert.True(game.Step(MinAtarAction.Wait, ref draws).Terminated);
    }

    [Fact]
    public void Step_NoOxygenLeft_Ends()
    {
        var draws = new ConstantDraws(real: 0.4, integer: 8); // everything happens at the ground
        Seaquest game = Dive(ref draws);
        Assert.Equal(9, BoardView.Cells(game, 7).Length);
        Wait(ref game, ref draws, 199);
        Assert.Empty(BoardView.Cells(game, 7));
        Assert.True(game.Step(MinAtarAction.Wait, ref draws).Terminated);
    }

    [Fact]
    public void Step_SurfacedWithoutADiver_Ends()
    {
        var draws = new ConstantDraws(real: 0.4, integer: 8);
        Seaquest game = Dive(ref draws);
        Assert.True(game.Step(MinAtarAction.Up, ref draws).Terminated);
    }

    // Six divers are taken where they appear. What is left of the oxygen pays; a count of −1 makes the next surfacing harmless.
    [Fact]
    public void Step_SurfacedWithSixDivers_PaysForTheOxygenAndLeavesMinusOne()
    {
        var draws = new SeaquestDraws();
        Seaquest game = default;
        game.Reset(ref draws);
        Wait(ref game, ref draws, 24);
        for (int i = 0; i < 5; i++)
        {
            game.Step(MinAtarAction.Left, ref draws);
        }
        game.Step(MinAtarAction.Down, ref draws); // step 30: one below the oxygen's 200
        Wait(ref game, ref draws, 1);
        Assert.Equal([(9, 8)], BoardView.Cells(game, 8));
        Wait(ref game, ref draws, 150);
        Assert.Equal(6, BoardView.Cells(game, 8).Length);
        StepResult surfaced = game.Step(MinAtarAction.Up, ref draws);
        Assert.Equal(new StepResult(2), surfaced); // 48 of 200
        Assert.Empty(BoardView.Cells(game, 8));
        Assert.Equal(10, BoardView.Cells(game, 7).Length);
        Assert.False(game.Step(MinAtarAction.Down, ref draws).Terminated);
        Assert.Equal(new StepResult(0), game.Step(MinAtarAction.Up, ref draws));
    }

    // One enemy per step and a move in every third: what the lists must hold.
    [Fact]
    public void RemoveEqual_EnemiesOfTheHighestDifficulty_KeepBelowTheCapacity()
    {
        var enemies = new Swimmers();
        int most = 0;
        for (int t = 0; t < 3000; t++)
        {
            enemies.Add(new Swimmer(1, 0, 1) { MoveTimer = 2 });
            for (int i = enemies.Count - 1; i >= 0; i--)
            {
                ref Swimmer enemy = ref enemies[i];
                if (enemy.MoveTimer > 0)
                {
                    enemy.MoveTimer--;
                    continue;
                }
                enemy.MoveTimer = 2;
                enemy.Advance();
                if (enemy.IsGone)
                {
                    enemies.RemoveEqual(i);
                }
            }
            most = Math.Max(most, enemies.Count);
        }
        Assert.Equal(29, most);
    }

    [Fact]
    public void RemoveEqual_OlderTwin_IsTheOneThatGoes()
    {
        var list = new Swimmers();
        var twin = new Swimmer(2, 3, 1);
        list.Add(twin);
        list.Add(new Swimmer(4, 5, -1));
        list.Add(twin);
        Assert.Equal(1, list.RemoveEqual(2));
        Assert.Equal([new Swimmer(4, 5, -1), twin], new[] { list[0], list[1] });
        Assert.Equal(-1, list.RemoveEqual(1));
        Assert.Equal(1, list.Count);
    }

    private static Seaquest Dive<TRandom>(ref TRandom random)
        where TRandom : struct, IRandomSource
    {
        Seaquest game = default;
        game.Reset(ref random);
        game.Step(MinAtarAction.Down, ref random);
        return game;
    }

    private static void Wait<TRandom>(ref Seaquest game, ref TRandom random, int steps)
        where TRandom : struct, IRandomSource
    {
        for (int i = 0; i < steps; i++)
        {
            Assert.Equal(new StepResult(0), game.Step(MinAtarAction.Wait, ref random));
        }
    }

    // Fish at the ground and divers in the first row, all from the left: a fish takes two real numbers, a diver one.
    private struct SeaquestDraws : IRandomSource
    {
        private int _reals;

        public double NextDouble() => ++_reals == 2 ? 0.9 : 0.4;

        public int NextInt(int low, int high)
        {
            int row = _reals == 2 ? 8 : 1;
            _reals = 0;
            return row;
        }
    }
}
