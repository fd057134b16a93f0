using Environments;
using Environments.Remote;
using Xunit;

namespace Tests.EnvironmentTests.Remote;

/// <summary>What environments in Python may give, take and need.</summary>
public sealed class OddEnvironmentTests
{
    [Theory]
    [InlineData("messages")]
    [InlineData("shm")]
    [InlineData("inprocess")]
    public void Step_ABoundThatFloat32RoundsOutwards_IsMetInTheSpacesOwnType(string lane)
    {
        using RemoteEnvironment environment = Make($"Narrow?lane={lane}", 4);
        environment.Reset(0);
        environment.Step([0.1f, -0.1f, 5f, 0.05f]);

        Assert.Equal([0.1f, -0.1f, 0.1f, 0.05f], environment.Rewards);
    }

    [Theory]
    [InlineData("int32", new[] { 2.7f, 1e30f }, new[] { 3f, 2_147_483_648f })]
    [InlineData("int64", new[] { -2.6f, -9f }, new[] { -3f, -3f })]
    [InlineData("float16", new[] { 0.1f, -0.1f }, new[] { 0.099975586f, -0.099975586f })]
    public void Step_ActionsOfOtherTypes_AreTheNearestMembersOfTheSpace(string kind, float[] actions, float[] expected)
    {
        using RemoteEnvironment environment = Make($"Narrow?kind={kind}", 2);
        environment.Reset(0);
        environment.Step(actions);

        Assert.Equal(expected, environment.Rewards);
    }

    [Theory]
    [InlineData("bytes", "300", "300 at [0, 1], which is not in Box(0, 255, (2, 2), uint8)")]
    [InlineData("bytes", "256", "256 at [0, 1], which is not in Box(0, 255, (2, 2), uint8)")]
    [InlineData("bytes", "-1", "-1 at [0, 1], which is not in Box(0, 255, (2, 2), uint8)")]
    [InlineData("bytes", "511", "511 at [0, 1], which is not in Box(0, 255, (2, 2), uint8)")]
    [InlineData("bytes", "0.9", "0.9 at [0, 1], which is not in Box(0, 255, (2, 2), uint8)")]
    [InlineData("bytes", "nan", "nan at [0, 1], which is not in Box(0, 255, (2, 2), uint8)")]
    [InlineData("few_bytes", "6", "6 at [0, 1], which is not in Box(0, 5, (2, 2), uint8)")]
    [InlineData("digits", "3", "3 at [1], which is not in MultiDiscrete([2, 3])")]
    [InlineData("digits", "-1", "-1 at [1], which is not in MultiDiscrete([2, 3])")]
    [InlineData("digits", "0.5", "0.5 at [1], which is not in MultiDiscrete([2, 3])")]
    [InlineData("bits", "7", "7 at [1], which is not in MultiBinary([2])")]
    [InlineData("bits", "-2", "-2 at [1], which is not in MultiBinary([2])")]
    [InlineData("digit", "0.9", "0.9, which is not in Discrete(3)")]
    [InlineData("dict", "-1", "-1 at [1], which is not in MultiDiscrete([2, 3]), in the entry 'digits'")]
    public void Step_AnObservationOutsideItsSpace_StopsWithElementValueAndSpace(string space, string value, string expected)
    {
        using RemoteEnvironment environment = Make($"Shows?space={space}&value={value}", 2);
        environment.Reset(0);
        environment.Step([0, 0]);
        EnvironmentFaultException fault = Assert.Throws<EnvironmentFaultException>(() => environment.Step([0, 0]));

        Assert.EndsWith($": copy 0 of odd_cases:Shows gave the value {expected} in step 2", fault.Message);
    }

    [Theory]
    [InlineData("BadText", @"raised RuntimeError: cannot open 'caf\udce9.xml' in step 1")]
    [InlineData("NoText", "raised Mute: (its text raised ValueError) in step 1")]
    [InlineData("Exits", "raised SystemExit: 3 in step 1")]
    public void Step_AnExceptionThatCannotBeSentAsItIs_StopsWithOneLine(string name, string expected)
    {
        using RemoteEnvironment environment = Make(name);
        environment.Reset(0);
        EnvironmentFaultException fault = Assert.Throws<EnvironmentFaultException>(() => environment.Step([0]));

        Assert.Contains(expected, fault.Message);
        Assert.Contains("odd_cases.py", fault.RemoteTraceback);
    }

    [Theory]
    [InlineData("keys", """{"cells": {"(1, 2)": 3}}""")]
    [InlineData("nan", """{"loss": "nan"}""")]
    [InlineData("mute", """{"value": "a Mute"}""")]
    [InlineData("loop", """{"loop": {"loop": {"loop": {"loop": {"loop": {"loop": {"loop": {"loop": "{'loop': {...}}"}}}}}}}}""")]
    public void Step_AnInfoThatJsonCannotTell_IsToldAsFarAsItCanBeAndEndsNothing(string kind, string expected)
    {
        using RemoteEnvironment environment = Make($"OddInfo?kind={kind}");
        environment.Reset(0);
        environment.Step([0]);

        Assert.Equal([true], environment.Terminated);
        Assert.Equal(expected, environment.FinalInfo(0));
        environment.Step([0]);
        Assert.Equal([1f], environment.Rewards);
    }

    [Theory]
    [InlineData("messages")]
    [InlineData("inprocess")]
    public void Reset_AnyLargeSeed_FitsWhatOldGeneratorsTake(string lane)
    {
        using RemoteEnvironment environment = Make($"OldSeed?lane={lane}", 2);
        environment.Reset(0xFEDC_BA98_FFFF_FFFF);

        // 31 bits of the seed, and of the seed + 1.
        Assert.Equal([32767f, 65535f, 0f, 0f], environment.Observations);
        environment.Reset(41);
        Assert.Equal([0f, 41f, 0f, 42f], environment.Observations);
    }

    [Fact]
    public void Step_AnEnvironmentThatNeedsTheMainThread_HasItInAProcessOfItsOwn()
    {
        using RemoteEnvironment environment = Make("NeedsMainThread");
        environment.Reset(0);
        environment.Step([0]);
        environment.Step([0]);

        Assert.Equal([2f], environment.Rewards);
    }

    private static RemoteEnvironment Make(string name, int count = 1)
    {
        _ = PythonCases.Folder; // puts it on Python's path
        return (RemoteEnvironment)EnvironmentRegistry.Default.Make($"gym:odd_cases:{name}", count);
    }
}
