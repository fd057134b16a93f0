using Environments;
using Environments.Randomness;
using Environments.State;
using Xunit;

namespace Tests.EnvironmentTests;

public sealed class ParallelEnvironmentTests
{
    private static ParallelEnvironment Make(int count, int threads) =>
        new(size => EnvironmentRegistry.Default.Make("CartPole-v1", size), count, threads);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(20)]
    public void Step_AnyNumberOfThreads_GivesTheBitsOfOneBatch(int threads)
    {
        const int count = 7;
        using IBatchedEnvironment expected = EnvironmentRegistry.Default.Make("CartPole-v1", count);
        using ParallelEnvironment actual = Make(count, threads);
        expected.Reset(5);
        actual.Reset(5);
        var random = new Pcg64(1);
        var actions = new float[count];
        for (int t = 0; t < 300; t++)
        {
            foreach (ref float action in actions.AsSpan())
            {
                action = random.NextInt(0, 2);
            }
            expected.Step(actions);
            actual.Step(actions);

            Assert.Equal(expected.Observations, actual.Observations);
            Assert.Equal(expected.FinalObservations, actual.FinalObservations);
            Assert.Equal(expected.Rewards, actual.Rewards);
            Assert.Equal(expected.Terminated, actual.Terminated);
            Assert.Equal(expected.Truncated, actual.Truncated);
        }
    }

    [Fact]
    public void LoadState_InTheMiddle_ContinuesBitForBit()
    {
        using ParallelEnvironment first = Make(4, 2);
        using ParallelEnvironment second = Make(4, 2);
        first.Reset(3);
        first.Step([0, 1, 0, 1]);
        var state = new StateDictionary();
        first.SaveState(state);
        second.LoadState(state);

        first.Step([1, 1, 0, 0]);
        second.Step([1, 1, 0, 0]);

        Assert.Equal(first.Observations, second.Observations);
    }

    [Fact]
    public void Step_FailureOnAThread_IsThrownToTheCaller()
    {
        using ParallelEnvironment environment = Make(4, 2);
        environment.Reset(1);

        ArgumentException exception = Assert.Throws<ArgumentException>(() => environment.Step([0, 0, 0, 7]));

        Assert.Contains("[7]", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Step_SteadyState_AllocatesNothing()
    {
        using ParallelEnvironment environment = Make(8, 2);
        environment.Reset(1);
        var actions = new float[8];
        // A thread that waits for the first time makes what it waits with; what a step allocates, every step does.
        var rounds = new long[5];
        for (int round = 0; round < rounds.Length; round++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            for (int i = 0; i < 200; i++)
            {
                environment.Step(actions);
            }
            rounds[round] = GC.GetAllocatedBytesForCurrentThread() - before;
        }

        Assert.Contains(0, rounds);
    }

    [Fact]
    public void Step_InvalidAction_NamesTheCopyOfTheWholeBatchAndEndsNothing()
    {
        using var environment = new ParallelEnvironment(size => EnvironmentRegistry.Default.Make("CartPole-v1", size), 4, 2);
        environment.Reset(1);

        ArgumentException error = Assert.Throws<ArgumentException>(() => environment.Step([0, 1, 0, 2]));
        environment.Step([0, 1, 0, 1]);

        Assert.Contains("Action [2] of copy 3 is not in Discrete(2) of CartPole-v1", error.Message);
        Assert.Equal([1f, 1, 1, 1], environment.Rewards);
    }
}
