using Environments;
using Environments.State;
using Environments.Wrappers;
using Xunit;

namespace Tests.EnvironmentTests.Wrappers;

public sealed class NoopResetTests
{
    [Fact]
    public void Reset_ManyCopies_BeginsWithOneToNIdleSteps()
    {
        const int copies = 600;
        using var environment = new NoopReset(CountingEnvironment.Make(copies, 500, 500), 3);
        environment.Reset(1);
        var counts = new int[5];
        for (int i = 0; i < copies; i++)
        {
            counts[(int)environment.Observations[2 * i]]++;
            Assert.Equal(0, environment.Observations[2 * i + 1]);
        }
        Assert.Equal(0, counts[0]);
        Assert.Equal(copies, counts[1] + counts[2] + counts[3]);
        Assert.All(counts[1..4], count => Assert.InRange(count, 150, 250));
        Assert.All(environment.Rewards.ToArray(), reward => Assert.Equal(0, reward));
    }

    [Fact]
    public void Step_EpisodeEnds_KeepsItsResultWhileTheNextOneIdles()
    {
        using var environment = new NoopReset(CountingEnvironment.Make(4, 6, 12), 3);
        environment.Reset(2);
        float[] before = environment.Observations.ToArray();
        int ended = 0;
        for (int t = 0; t < 100; t++)
        {
            environment.Step([5, 6, 7, 8]);
            for (int i = 0; i < 4; i++)
            {
                Assert.Equal(before[2 * i] + 1, environment.Rewards[i]);
                if (environment.Terminated[i])
                {
                    ended++;
                    Assert.Equal([before[2 * i] + 1, 5 + i], environment.FinalObservations.Slice(2 * i, 2));
                    Assert.InRange(environment.Observations[2 * i], 1, 3);
                    Assert.Equal(0, environment.Observations[2 * i + 1]);
                }
                else
                {
                    Assert.Equal([before[2 * i] + 1, 5 + i], environment.Observations.Slice(2 * i, 2));
                }
            }
            before = environment.Observations.ToArray();
        }
        Assert.True(ended > 20);
    }

    [Fact]
    public void Step_EpisodeThatEndsAmongIdleSteps_IsFollowedByTheNextOne()
    {
        using var environment = new NoopReset(CountingEnvironment.Make(8, 2, 2), 5);
        environment.Reset(0);
        for (int t = 0; t < 50; t++)
        {
            for (int i = 0; i < 8; i++)
            {
                Assert.InRange(environment.Observations[2 * i], 0, 1);
            }
            environment.Step([1, 1, 1, 1, 1, 1, 1, 1]);
        }
    }

    [Fact]
    public void LoadState_TaskLayers_ContinueBitForBit()
    {
        static IBatchedEnvironment Make() =>
            new FrameSkip(new NoopReset(new StickyActions(CountingEnvironment.Make(5, 3, 15), 0.4), 4), 3);
        static float[] Record(IBatchedEnvironment environment)
        {
            var record = new List<float>();
            for (int t = 0; t < 80; t++)
            {
                environment.Step([t % 10, 1, 2, (t + 3) % 10, 4]);
                record.AddRange(environment.Observations);
                record.AddRange(environment.Rewards);
            }
            return [.. record];
        }

        using IBatchedEnvironment original = Make();
        original.Reset(7);
        Record(original);
        var state = new StateDictionary();
        original.SaveState(state);
        using IBatchedEnvironment restored = Make();
        restored.LoadState(state);

        Assert.Equal(Record(original), Record(restored));
    }

    [Fact]
    public void Step_TaskLayers_AllocateNothing()
    {
        using var environment = new FrameSkip(new NoopReset(new StickyActions(CountingEnvironment.Make(5, 3, 15), 0.4), 4), 3);
        environment.Reset(7);
        var actions = new float[5];
        long before = 0;
        for (int t = 0; t < 1000; t++)
        {
            if (t == 300)
            {
                before = GC.GetAllocatedBytesForCurrentThread();
            }
            environment.Step(actions);
        }
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void Create_SpaceWithoutZero_ThrowsAndNamesIt()
    {
        var spec = new EnvironmentSpec("Scripted-v0", new Environments.Spaces.Box(0, 1, 1), new Environments.Spaces.Box(1, 2, 1));
        using var inner = new ScriptedEnvironment(0) { Spec = spec };
        var error = Assert.Throws<ArgumentException>(() => new NoopReset(inner, 2));
        Assert.Contains("Box(1, 2, [1])", error.Message, StringComparison.Ordinal);
    }
}
