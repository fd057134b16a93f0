using Environments;
using Environments.GridWorld.Mazes;
using Environments.Randomness;
using Tests.Contracts;
using Xunit;

namespace Tests.EnvironmentTests.GridWorld.Mazes;

public sealed class SerpentineTasksTests : EnvironmentContract<SerpentineTasks>
{
    protected override string Id => "GridWorld/SerpentineTasks-v0";

    protected override double RandomReturnTolerance => 0.15;

    protected override int RandomEpisodes => 4000;

    protected override SerpentineTasks Create() => new(-1, 10);

    protected override bool Prolong(ReadOnlySpan<float> observation, Span<float> action)
    {
        action[0] = 0;
        return true;
    }

    [Theory]
    [InlineData(0, 4, 10)]
    [InlineData(1, 13, 1)]
    [InlineData(2, 16, 1)]
    public void Step_TheShortestWay_HasTheLengthAndTheRewardOfItsTask(int task, int steps, float reward)
    {
        var environment = new SerpentineTasks(task, 10);
        var random = new Pcg64(1);
        var shown = new float[2];
        environment.Reset(shown, ref random);
        Assert.Equal(task, shown[1]);
        // Breadth first over sequences of actions, by the cells that they lead to.
        var seen = new HashSet<float> { shown[0] };
        List<int[]> front =
        [
            [],
        ];
        for (int length = 1; length <= steps; length++)
        {
            List<int[]> next = [];
            foreach (int[] path in front)
            {
                for (int action = 0; action < 4; action++)
                {
                    int[] longer = [.. path, action];
                    StepResult last = Walk(environment, longer, shown);
                    if (last.Terminated)
                    {
                        Assert.Equal((steps, reward), (length, last.Reward));
                        return;
                    }
                    if (seen.Add(shown[0]))
                    {
                        next.Add(longer);
                    }
                }
            }
            front = next;
        }
        Assert.Fail("The goal was not reached.");
    }

    private static StepResult Walk(SerpentineTasks environment, int[] path, float[] shown)
    {
        var random = new Pcg64(1);
        environment.Reset(shown, ref random);
        StepResult last = default;
        foreach (int action in path)
        {
            last = environment.Step([action], shown, ref random);
        }
        return last;
    }
}
