using Environments;
using Environments.GridWorld.Mazes;
using Environments.Randomness;
using Environments.Spaces;
using Environments.Tabular;
using Tests.Contracts;
using Xunit;

namespace Tests.EnvironmentTests.GridWorld.Mazes;

public sealed class OpenGridTests : EnvironmentContract<OpenGrid>
{
    protected override string Id => "GridWorld/OpenGrid-v0";

    protected override double RandomReturnTolerance => 0;

    protected override bool StartsAtRandom => false;

    protected override OpenGrid Create() => new(9);

    protected override bool Prolong(ReadOnlySpan<float> observation, Span<float> action)
    {
        action[0] = 0;
        return true;
    }

    [Fact]
    public void Step_EachAction_MovesAsDocumented()
    {
        var grid = new OpenGrid(3);
        var random = new Pcg64(0);
        var observation = new float[1];
        foreach ((float action, float expected) in ((float, float)[])[(0, 4), (1, 5), (2, 3), (3, 7), (4, 1)])
        {
            grid.Reset(observation, ref random);
            Assert.Equal(4, observation[0]);
            Assert.Equal(new StepResult(0, false), grid.Step([action], observation, ref random));
            Assert.Equal(expected, observation[0]);
        }
    }

    [Theory]
    [InlineData(1, 44)]
    [InlineData(2, 36)]
    [InlineData(3, 76)]
    [InlineData(4, 4)]
    public void Step_BeyondTheEdge_Stays(int action, int edge)
    {
        OpenGrid grid = Create();
        var random = new Pcg64(0);
        var observation = new float[1];
        grid.Reset(observation, ref random);
        Assert.Equal(40, observation[0]);
        for (int i = 0; i < 6; i++)
        {
            grid.Step([action], observation, ref random);
        }
        Assert.Equal(edge, observation[0]);
    }

    [Fact]
    public void Model_InACornerAndAtTheStart_IsWhatAStepDoes()
    {
        ITabularModel model = new OpenGrid(4).Model;
        Assert.Equal((16, 5), (model.StateCount, model.ActionCount));
        Assert.Equal(1, model.StartProbabilities[10]);
        int[] fromTheCorner = [3, 3, 2, 7, 3];
        int[] fromTheStart = [10, 11, 9, 14, 6];
        for (int action = 0; action < 5; action++)
        {
            Assert.Equal(new Transition(1, fromTheCorner[action], 0), model.Transitions(3, action)[0]);
            Assert.Equal(new Transition(1, fromTheStart[action], 0), model.Transitions(10, action)[0]);
        }
    }

    [Fact]
    public void Make_WithASize_HasItsCellsAndItsLimit()
    {
        using IBatchedEnvironment batch = EnvironmentRegistry.Default.Make("GridWorld/OpenGrid-v0?size=5");
        Assert.Equal(new Discrete(25), batch.Spec.ObservationSpace);
        Assert.Equal(8, batch.Spec.MaxEpisodeSteps);
        Assert.Equal(16, EnvironmentRegistry.Default.Find("GridWorld/OpenGrid-v0").MaxEpisodeSteps);
    }

    [Fact]
    public void Render_AfterAMove_ChangesThePicture() => RenderCheck.Run(Create(), 1);
}
