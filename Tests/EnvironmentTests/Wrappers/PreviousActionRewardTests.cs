using Environments;
using Environments.Spaces;
using Environments.State;
using Environments.Wrappers;
using Xunit;

namespace Tests.EnvironmentTests.Wrappers;

public sealed class PreviousActionRewardTests
{
    private static readonly EnvironmentSpec ThreeActions = new("Scripted-v0", new Box(-100, 100, 1), new Discrete(3));

    [Fact]
    public void Step_AcrossAReset_ShowsTheDocumentedTable()
    {
        using var environment = new PreviousActionReward(
            new ScriptedEnvironment(
                1,
                new ScriptedStep(2, Reward: 0.5f),
                new ScriptedStep(4, Reward: -7, Terminated: true, Final: 3),
                new ScriptedStep(5, Reward: 9)
            )
            {
                Spec = ThreeActions,
            }
        );
        environment.Reset(0);
        Assert.Equal([1, 0, 0, 0, 0], environment.Observations);
        environment.Step([2]);
        Assert.Equal([2, 0, 0, 1, 0.5f], environment.Observations);
        environment.Step([0]);
        Assert.Equal([3, 1, 0, 0, -7], environment.FinalObservations);
        Assert.Equal([4, 0, 0, 0, 0], environment.Observations);
        environment.Step([1]);
        Assert.Equal([5, 0, 1, 0, 9], environment.Observations);
        environment.Reset(0);
        Assert.Equal([1, 0, 0, 0, 0], environment.Observations);
    }

    [Fact]
    public void Step_EnvironmentThatResetsOneStepLater_ClearsThen()
    {
        using var environment = new PreviousActionReward(
            new ScriptedEnvironment(
                1,
                new ScriptedStep(2, 1, Truncated: true, Final: 2),
                new ScriptedStep(7),
                new ScriptedStep(8, 3)
            )
            {
                Spec = ThreeActions,
                AutoresetMode = AutoresetMode.NextStep,
            }
        );
        environment.Reset(0);
        environment.Step([1]);
        Assert.Equal([2, 0, 1, 0, 1], environment.Observations);
        Assert.Equal([2, 0, 1, 0, 1], environment.FinalObservations);
        environment.Step([2]);
        Assert.Equal([7, 0, 0, 0, 0], environment.Observations);
        environment.Step([2]);
        Assert.Equal([8, 0, 0, 1, 3], environment.Observations);
    }

    [Fact]
    public void Spec_VectorObservations_StayABox()
    {
        using var environment = new PreviousActionReward(EnvironmentRegistry.Default.Make("MountainCar-v0"));
        var expected = new Box([-1.2f, -0.07f, 0, 0, 0, float.NegativeInfinity], [0.6f, 0.07f, 1, 1, 1, float.PositiveInfinity]);
        Assert.Equal(expected, environment.Spec.ObservationSpace);
    }

    [Fact]
    public void Step_IntegerObservations_BecomeADictWithTheSameRow()
    {
        using var environment = new PreviousActionReward(EnvironmentRegistry.Default.Make("Memory/RepeatFirst-v0", 2));
        var space = Assert.IsType<Dict>(environment.Spec.ObservationSpace);
        Assert.Equal(["observation", "previous_action", "previous_reward"], space.Entries.ToArray().Select(entry => entry.Key));
        Assert.Equal(6, space.Size);
        environment.Reset(0);
        environment.Step([3, 1]);
        ReadOnlySpan<float> second = environment.Observations[6..];
        Assert.True(space.Contains(second));
        Assert.Equal([environment.Inner.Observations[1], 0, 1, 0, 0, environment.Rewards[1]], second);
    }

    [Fact]
    public void Step_ActionsOfOtherSpaces_AreShownAsNumbersOrOneHotParts()
    {
        using var environment = new PreviousActionReward(
            new ScriptedEnvironment(1, new ScriptedStep(2))
            {
                Spec = new EnvironmentSpec("Scripted-v0", new Box(-100, 100, 1), new MultiDiscrete(2, 3)),
            }
        );
        environment.Reset(0);
        environment.Step([1, 2]);
        Assert.Equal([2, 0, 1, 0, 0, 1, 0], environment.Observations);

        using var continuous = new PreviousActionReward(new ScriptedEnvironment(1, new ScriptedStep(2)));
        continuous.Reset(0);
        continuous.Step([0.25f, -1.5f]);
        Assert.Equal([2, 0.25f, -1.5f, 0], continuous.Observations);
    }

    [Fact]
    public void LoadState_MidEpisode_ContinuesBitForBit()
    {
        static PreviousActionReward Make() => new(EnvironmentRegistry.Default.Make("Memory/TwoArmedBandit-v0?trials=7", 3));
        using PreviousActionReward original = Make();
        original.Reset(1);
        original.Step([0, 1, 1]);
        var state = new StateDictionary();
        original.SaveState(state);
        using PreviousActionReward restored = Make();
        restored.LoadState(state);
        for (int t = 0; t < 20; t++)
        {
            Assert.Equal(original.Observations, restored.Observations);
            original.Step([1, 0, 1]);
            restored.Step([1, 0, 1]);
        }
    }

    [Fact]
    public void Step_AfterWarmUp_AllocatesNothing()
    {
        using var environment = new PreviousActionReward(EnvironmentRegistry.Default.Make("Memory/RepeatPrevious-v0", 4));
        environment.Reset(1);
        float[] actions = [0, 1, 2, 3];
        long before = 0;
        for (int t = 0; t < 1000; t++)
        {
            before = t == 100 ? GC.GetAllocatedBytesForCurrentThread() : before;
            environment.Step(actions);
        }
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }
}
