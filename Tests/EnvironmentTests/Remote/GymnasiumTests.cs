using Environments;
using Environments.Randomness;
using Environments.Remote;
using Environments.Spaces;
using SkiaSharp;
using Xunit;

namespace Tests.EnvironmentTests.Remote;

/// <summary>The real Gymnasium behind the bridge.</summary>
public sealed class GymnasiumTests
{
    public GymnasiumTests() => PythonPackage.Gymnasium.Require();

    [Theory]
    [InlineData("CartPole-v1")]
    [InlineData("Acrobot-v1")]
    [InlineData("MountainCar-v0")]
    [InlineData("MountainCarContinuous-v0")]
    [InlineData("Pendulum-v1")]
    [InlineData("FrozenLake-v1")]
    [InlineData("FrozenLake8x8-v1")]
    [InlineData("Taxi-v4")]
    [InlineData("CliffWalking-v1")]
    [InlineData("Blackjack-v1")]
    public void Step_AnEnvironmentOfGymnasium_PlaysWhatTheNativeOnePlaysWithTheSameSeed(string id)
    {
        const int count = 2;
        using IBatchedEnvironment native = EnvironmentRegistry.Default.Make(id, count);
        using IBatchedEnvironment remote = MakeOrSkip($"gym:{id}", count);
        Assert.Equal(native.Spec.ActionSpace, remote.Spec.ActionSpace);
        Assert.Equal(native.Spec.MaxEpisodeSteps, remote.Spec.MaxEpisodeSteps);
        native.Reset(11);
        remote.Reset(11);
        var random = new Pcg64(3);
        var actions = new float[count];
        int ended = 0;
        for (int t = 0; t < 1_000; t++)
        {
            AssertClose(native.Observations, remote.Observations, t);
            foreach (ref float action in actions.AsSpan())
            {
                native.Spec.ActionSpace.Sample(ref random, new Span<float>(ref action));
            }
            native.Step(actions);
            remote.Step(actions);

            AssertClose(native.Rewards, remote.Rewards, t);
            Assert.Equal(native.Terminated, remote.Terminated);
            Assert.Equal(native.Truncated, remote.Truncated);
            for (int i = 0; i < count; i++)
            {
                if (native.Terminated[i] || native.Truncated[i])
                {
                    int size = native.Spec.ObservationSpace.Size;
                    AssertClose(
                        native.FinalObservations.Slice(i * size, size),
                        remote.FinalObservations.Slice(i * size, size),
                        t
                    );
                    ended++;
                }
            }
        }
        Assert.True(ended > 0 || native.Spec.MaxEpisodeSteps is null);
    }

    [Theory]
    [InlineData("messages")]
    [InlineData("shm")]
    [InlineData("inprocess")]
    public void Step_EveryLane_GivesTheTuplesOfBlackjack(string lane)
    {
        using RemoteEnvironment native = Make("gym:Blackjack-v1", 4);
        using RemoteEnvironment other = Make($"gym:Blackjack-v1?lane={lane}", 4);
        Assert.Equal(["0", "1", "2"], ((Dict)other.Spec.ObservationSpace).Entries.ToArray().Select(entry => entry.Key));
        native.Reset(5);
        other.Reset(5);
        for (int t = 0; t < 100; t++)
        {
            float[] actions = [t & 1, t >> 1 & 1, 0, 1];
            native.Step(actions);
            other.Step(actions);
            Assert.Equal(native.Observations, other.Observations);
            Assert.Equal(native.FinalObservations, other.FinalObservations);
            Assert.Equal(native.Rewards, other.Rewards);
        }
    }

    [Fact]
    public void Make_AnIdThatAModuleRegisters_HasItsLimitItsThresholdAndItsPictures()
    {
        using RemoteEnvironment environment = Make("gym:gymnasium_cases:cases/Guess-v0?number=4");
        Assert.Equal((6, 5.0), (environment.Spec.MaxEpisodeSteps, environment.Spec.RewardThreshold));
        Assert.Equal(new Discrete(5), environment.Spec.ActionSpace);
        environment.Reset(0);
        Assert.Equal(1, environment.Observations[0]); // 0 of -1 to 1
        environment.Step([3]); // 4 of 1 to 5

        Assert.Equal(1, environment.Rewards[0]);
        Assert.Equal(4, RedOf(environment));
    }

    [Theory]
    [InlineData("gymnasium_cases:Guess", 3)]
    [InlineData("gymnasium_cases:cases/Function-v0", 2)]
    public void Render_AClassOrAFunction_IsAskedForPictures(string name, int red)
    {
        using RemoteEnvironment environment = Make($"gym:{name}");
        environment.Reset(0);

        Assert.Equal(red, RedOf(environment));
    }

    [Theory]
    [InlineData("gymnasium_cases:OnlyForHumans", 2)]
    [InlineData("gymnasium_cases:cases/Blind-v0", 1)]
    public void Make_AnEnvironmentWithoutPictures_WorksWithoutThem(string name, int guess)
    {
        using RemoteEnvironment environment = Make($"gym:{name}");
        environment.Reset(0);
        environment.Step([guess]);

        Assert.Equal(1, environment.Rewards[0]);
        Assert.Null(environment.Rendering);
    }

    [Fact]
    public void Make_WrappersWithSeveralArguments_AreAppliedInOrder()
    {
        using RemoteEnvironment environment = Make(
            "gym:CartPole-v1?wrappers=gymnasium_cases:Add?amount=2;times=3,gymnasium.wrappers:TimeAwareObservation&sutton_barto_reward=true"
        );
        environment.Reset(0);
        environment.Step([0]);

        Assert.Equal(6, environment.Rewards[0]); // nothing until the pole falls, and 6 of the wrapper
        Assert.Equal(5, environment.Spec.ObservationSpace.Size);
    }

    [Theory]
    [InlineData("CartPol-v1", "Did you mean: `CartPole`?")]
    [InlineData("CartPole-v7", "provides versioned environments")]
    [InlineData("CartPole-v1?nonsense=1", "unexpected keyword argument 'nonsense'")]
    [InlineData("gymnasium_cases:cases/Nothing-v0", "registers no such id")]
    public void Find_WhatGymnasiumDoesNotKnow_SaysWhatItSays(string name, string expected) =>
        Assert.Contains(
            expected,
            Assert.Throws<UnknownNameException>(() => EnvironmentRegistry.Default.Find($"gym:{name}")).Message
        );

    [Fact]
    public void Find_ASpaceWithoutARow_IsRefusedByItsName() =>
        Assert.Contains(
            "cannot cross the bridge",
            Assert.Throws<EnvironmentFaultException>(() => EnvironmentRegistry.Default.Find("gym:gymnasium_cases:Choice")).Message
        );

    private static RemoteEnvironment Make(string id, int count = 1)
    {
        _ = PythonCases.Folder; // puts it on Python's path
        return (RemoteEnvironment)EnvironmentRegistry.Default.Make(id, count);
    }

    private static RemoteEnvironment MakeOrSkip(string id, int count)
    {
        try
        {
            return Make(id, count);
        }
        catch (UnknownNameException exception)
        {
            Assert.Skip($"Another version of Gymnasium: {exception.Message}");
            throw;
        }
    }

    private static int RedOf(RemoteEnvironment environment)
    {
        Assert.NotNull(environment.Rendering);
        SKSizeI size = environment.Rendering.Value.Size;
        using var bitmap = new SKBitmap(size.Width, size.Height);
        using var canvas = new SKCanvas(bitmap);
        environment.Render(0, canvas);
        return bitmap.GetPixel(1, 1).Red;
    }

    private static void AssertClose(ReadOnlySpan<float> expected, ReadOnlySpan<float> actual, int t)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (int i = 0; i < expected.Length; i++)
        {
            Assert.True(Math.Abs(expected[i] - actual[i]) <= 2e-5f, $"{expected[i]} and {actual[i]} in step {t}");
        }
    }
}
