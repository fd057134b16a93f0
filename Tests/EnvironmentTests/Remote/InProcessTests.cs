using Environments;
using Environments.Remote;
using Xunit;

namespace Tests.EnvironmentTests.Remote;

public sealed class InProcessTests
{
    [Theory]
    [InlineData("CartPole", 1)]
    [InlineData("Frames", 120)]
    public void Step_InThisProcess_GivesTheBitsOfAProcessOfItsOwn(string name, int period)
    {
        using RemoteEnvironment outside = PythonCases.Make(name, 3);
        using RemoteEnvironment inside = PythonCases.Make($"{name}?lane=inprocess", 3);
        outside.Reset(2);
        inside.Reset(2);
        int ended = 0;
        for (int t = 0; t < 150; t++)
        {
            float[] actions = [t & 1, 1, t / period & 1];
            outside.Step(actions);
            inside.Step(actions);

            Assert.Equal(outside.Observations, inside.Observations);
            Assert.Equal(outside.FinalObservations, inside.FinalObservations);
            Assert.Equal(outside.Rewards, inside.Rewards);
            Assert.Equal(outside.Terminated, inside.Terminated);
            for (int i = 0; i < 3; i++)
            {
                Assert.Equal(outside.FinalInfo(i), inside.FinalInfo(i));
                ended += inside.Terminated[i] ? 1 : 0;
            }
        }
        Assert.True(ended > 2);
    }

    [Fact]
    public void Step_PythonRaisesInThisProcess_StopsWithOneLineAndCarriesTheTraceback()
    {
        using RemoteEnvironment environment = PythonCases.Make("Raises?lane=inprocess&at=1");
        environment.Reset(0);
        EnvironmentFaultException fault = Assert.Throws<EnvironmentFaultException>(() => environment.Step([1]));

        Assert.Contains("raised ValueError: the pole is on fire in step 1", fault.Message);
        Assert.Contains("in strike", fault.RemoteTraceback);
    }

    [Fact]
    public void Make_WhatPythonDoesNotKnow_IsAnUnknownNameHereToo()
    {
        _ = PythonCases.Settings;
        Assert.Throws<UnknownNameException>(() => EnvironmentRegistry.Default.Find("gym:bridge_cases:Nobody?lane=inprocess"));
    }

    [Fact]
    public void StepSome_RestingCopies_ShowWhatTheyShowed()
    {
        using RemoteEnvironment environment = PythonCases.Make("CartPole?lane=inprocess", 2);
        environment.Reset(0);
        float[] before = [.. environment.Observations];
        environment.StepSome([1, 1], [false, true]);

        Assert.Equal(before.AsSpan(0, 4), environment.Observations[..4]);
        Assert.Equal([0f, 1f], environment.Rewards);
    }
}
