using Environments;
using Environments.GridWorld.Mazes;
using Environments.Randomness;
using Environments.Tabular;
using Tests.Contracts;
using Xunit;

namespace Tests.EnvironmentTests.GridWorld.Mazes;

public sealed class SerpentineMazeTests : EnvironmentContract<SerpentineMaze>
{
    protected override string Id => "GridWorld/SerpentineMaze-v0";

    protected override double RandomReturnTolerance => 0.025;

    protected override int RandomEpisodes => 2000;

    protected override SerpentineMaze Create() => new(new SerpentineGoals(seed: 0));

    protected override bool Prolong(ReadOnlySpan<float> observation, Span<float> action)
    {
        action[0] = 0;
        return true;
    }

    [Fact]
    public void Optimize_EveryCellAsGoal_NeedsAtMostSixtyTwoMovesToAllOthers()
    {
        var distances = new List<int>();
        for (int cell = 0; cell < 256; cell++)
        {
            if (SerpentineGoals.Walls[cell] || cell == SerpentineGoals.Walls.Start)
            {
                continue;
            }
            TabularPlan plan = TabularPlanner.Optimize(SerpentineGoals.Of(cell).Model, 0.9);
            distances.Add(1 + (int)Math.Round(Math.Log(plan.StartValue, 0.9)));
        }
        Assert.Equal(151, distances.Count); // 152 free cells, the start among them
        Assert.Equal((1, 62), (distances.Min(), distances.Max()));
    }

    [Fact]
    public void Goals_OtherSeed_AreOtherDifferentFreeCells()
    {
        int[] first = new SerpentineGoals(seed: 1).Cells.ToArray();
        int[] second = new SerpentineGoals(seed: 2).Cells.ToArray();
        Assert.Equal(12, first.Distinct().Count());
        Assert.NotEqual(first, second);
        Assert.DoesNotContain(first, cell => SerpentineGoals.Walls[cell] || cell == SerpentineGoals.Walls.Start);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(17)]
    [InlineData(256)]
    [InlineData(-1)]
    public void Goals_WallOrStart_Throws(int cell) => Assert.Throws<ArgumentException>(() => SerpentineGoals.Of(cell));

    [Fact]
    public void Step_ToTheGoal_ShowsCellActionAndWallsAndPaysOnce()
    {
        var maze = new SerpentineMaze(SerpentineGoals.Of(19));
        var random = new Pcg64(0);
        var observation = new float[4];
        maze.Reset(observation, ref random);
        Assert.Equal([0, 17, 0, 0b1001], observation); // walls above and to the left
        Assert.Equal(new StepResult(0), maze.Step([1], observation, ref random));
        Assert.Equal([0, 18, 2, 0b0001], observation);
        Assert.Equal(new StepResult(0), maze.Step([0], observation, ref random));
        Assert.Equal([0, 18, 1, 0b0001], observation);
        Assert.Equal(new StepResult(1, true), maze.Step([1], observation, ref random));
        Assert.Equal([0, 19, 2, 0b0001], observation);
    }

    [Fact]
    public void Render_AfterAMove_ChangesThePicture() => RenderCheck.Run(Create(), 1);
}
