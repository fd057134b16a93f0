using Environments;
using Environments.GridWorld.Mazes;
using Environments.Randomness;
using Environments.Tabular;
using Tests.Contracts;
using Xunit;

namespace Tests.EnvironmentTests.GridWorld.Mazes;

public sealed class OpenEndedMazeTests : EnvironmentContract<OpenEndedMaze>
{
    protected override string Id => "GridWorld/OpenEndedMaze-v0";

    protected override double RandomReturnTolerance => 0;

    protected override bool StartsAtRandom => false;

    protected override bool Prolong(ReadOnlySpan<float> observation, Span<float> action)
    {
        action[0] = 0;
        return true;
    }

    [Theory]
    [InlineData(7, 25)]
    [InlineData(13, 6)]
    [InlineData(19, 25)]
    [InlineData(25, 6)]
    public void Transitions_DownIntoAWall_StayButForTheGapAtItsEnd(int row, int gap)
    {
        ITabularModel model = new OpenEndedMaze().Model;
        int above = 32 * (row - 1);
        int inside = gap == 25 ? gap - 1 : gap + 1;
        Assert.Equal(above + 32 + gap, model.Transitions(above + gap, 3)[0].NextState);
        Assert.Equal(above + inside, model.Transitions(above + inside, 3)[0].NextState);
    }

    [Fact]
    public void Step_InTheDangerousColumn_IsSafeSidewaysAndEndsAtTheStartOtherwise()
    {
        var maze = new OpenEndedMaze();
        var random = new Pcg64(0);
        var observation = new float[1];
        foreach (
            (float action, int expected, bool terminated) in ((float, int, bool)[])[(1, 48, false), (2, 46, false), (0, 33, true)]
        )
        {
            maze.Reset(observation, ref random);
            for (int i = 0; i < 14; i++)
            {
                maze.Step([1], observation, ref random);
            }
            Assert.Equal(32 + 15, observation[0]);
            Assert.Equal(new StepResult(0, terminated), maze.Step([action], observation, ref random));
            Assert.Equal(expected, observation[0]);
        }
    }

    [Fact]
    public void Render_AfterAMove_ChangesThePicture() => RenderCheck.Run(new OpenEndedMaze(), 1);
}

public sealed class OpenEndedMazePictureTests : EnvironmentContract<OpenEndedMaze>
{
    protected override string Id => "GridWorld/OpenEndedMazePicture-v0";

    protected override double RandomReturnTolerance => 0;

    protected override int RandomEpisodes => 8;

    protected override bool StartsAtRandom => false;

    protected override OpenEndedMaze Create() => new(small: false, showPicture: true);

    [Fact]
    public void Step_Down_MovesTheOnlyLitPixelOneRow()
    {
        OpenEndedMaze maze = Create();
        var random = new Pcg64(0);
        var observation = new float[32 * 32];
        Array.Fill(observation, 7);
        maze.Reset(observation, ref random);
        Assert.Equal((1, 33), (observation.Sum(), Array.IndexOf(observation, 1)));
        maze.Step([3], observation, ref random);
        Assert.Equal((1, 65), (observation.Sum(), Array.IndexOf(observation, 1)));
    }
}

public sealed class OpenEndedMaze16Tests : EnvironmentContract<OpenEndedMaze>
{
    protected override string Id => "GridWorld/OpenEndedMaze16-v0";

    protected override double RandomReturnTolerance => 0;

    protected override bool StartsAtRandom => false;

    protected override OpenEndedMaze Create() => new(small: true, showPicture: false);

    protected override bool Prolong(ReadOnlySpan<float> observation, Span<float> action)
    {
        action[0] = 2;
        return true;
    }

    [Fact]
    public void Model_SmallMaze_HasNoDanger()
    {
        ITabularModel model = Create().Model;
        for (int state = 0; state < model.StateCount; state++)
        {
            for (int action = 0; action < model.ActionCount; action++)
            {
                Assert.False(model.Transitions(state, action)[0].Terminated);
            }
        }
    }
}
