using Environments;
using Environments.Wrappers;
using Xunit;

namespace Tests.EnvironmentTests.Wrappers;

public sealed class FrameSkipTests
{
    [Fact]
    public void Step_InsideAndAtTheEndOfAnEpisode_AddsRewardsUpAndStopsThere()
    {
        using var environment = new FrameSkip(CountingEnvironment.Make(1, 5, 5), 3);
        environment.Reset(0);

        environment.Step([4]);
        Assert.Equal([1 + 2 + 3], environment.Rewards);
        Assert.Equal([3, 4], environment.Observations);
        Assert.Equal([false], environment.Terminated);
        environment.Step([7]);
        Assert.Equal([4 + 5], environment.Rewards);
        Assert.Equal([true], environment.Terminated);
        Assert.Equal([5, 7], environment.FinalObservations);
        Assert.Equal([0, 0], environment.Observations);
        environment.Step([1]);
        Assert.Equal([1 + 2 + 3], environment.Rewards);
        Assert.Equal([false], environment.Terminated);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void Step_CopiesThatEndAtDifferentTimes_PlayAsIfAlone(int threads)
    {
        const int copies = 6;
        using var together = new FrameSkip(
            new ParallelEnvironment(size => CountingEnvironment.Make(size, 2, 11), copies, threads),
            4
        );
        FrameSkip[] alone = [.. Enumerable.Range(0, copies).Select(_ => new FrameSkip(CountingEnvironment.Make(1, 2, 11), 4))];
        together.Reset(20);
        for (int i = 0; i < copies; i++)
        {
            alone[i].Reset(20 + (ulong)i);
        }
        float[] actions = [0, 1, 2, 3, 4, 5];
        bool differed = false;
        for (int t = 0; t < 60; t++)
        {
            together.Step(actions);
            for (int i = 0; i < copies; i++)
            {
                alone[i].Step([i]);
                Assert.Equal(alone[i].Rewards[0], together.Rewards[i]);
                Assert.Equal(alone[i].Terminated[0], together.Terminated[i]);
                Assert.Equal(alone[i].Observations, together.Observations.Slice(2 * i, 2));
                if (together.Terminated[i])
                {
                    Assert.Equal(alone[i].FinalObservations, together.FinalObservations.Slice(2 * i, 2));
                }
                differed |= together.Terminated[i] != together.Terminated[0];
            }
        }
        Assert.True(differed);
        foreach (FrameSkip environment in alone)
        {
            environment.Dispose();
        }
    }

    [Fact]
    public void Step_TimeLimit_CountsStepsOfTheEnvironment()
    {
        using var environment = new FrameSkip(CountingEnvironment.Make(1, 100, 100, limit: 10), 4);
        environment.Reset(0);
        environment.Step([0]);
        environment.Step([0]);
        Assert.False(environment.Truncated[0]);
        environment.Step([0]);
        Assert.True(environment.Truncated[0]);
        Assert.Equal(9 + 10, environment.Rewards[0]);
    }

    [Fact]
    public void Create_EnvironmentThatResetsLater_Throws()
    {
        using var inner = new ScriptedEnvironment(0) { AutoresetMode = AutoresetMode.NextStep };
        var error = Assert.Throws<NotSupportedException>(() => new FrameSkip(inner, 2));
        Assert.Contains("same step", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void StepSome_RestingCopies_StayAsTheyAreWithoutRewardOrFlag()
    {
        using BatchedEnvironment<CountingEnvironment> environment = CountingEnvironment.Make(2, 3, 3);
        environment.Reset(0);
        environment.Step([1, 1]);
        environment.StepSome([2, 2], [true, false]);
        Assert.Equal([2, 2, 1, 1], environment.Observations);
        Assert.Equal([2, 0], environment.Rewards);
        environment.StepSome([3, 3], [true, false]);
        Assert.Equal([true, false], environment.Terminated);
        environment.StepSome([3, 3], [false, true]);
        Assert.Equal([false, false], environment.Terminated);
        Assert.Throws<ArgumentException>(() => environment.StepSome([3, 3], [true]));
    }

    [Fact]
    public void StepSome_LayerThatDoesNotKnowRestingCopies_RefusesInsteadOfSteppingThem()
    {
        using var environment = new RewardClip(CountingEnvironment.Make(2, 3, 3));
        environment.Reset(0);
        environment.StepSome([1, 1], [true, true]);
        Assert.Equal([1, 1], environment.Rewards);
        Assert.Throws<NotSupportedException>(() => environment.StepSome([1, 1], [true, false]));
    }
}
