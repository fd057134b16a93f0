using System.Diagnostics;
using Actors;
using Environments;
using Environments.Naming;
using Environments.Processes;
using Environments.Remote;
using Environments.Wrappers;
using Tests.Waits;
using Xunit;

namespace Tests.EnvironmentTests.Remote;

public sealed class RemoteFailureTests
{
    [Fact]
    public void Step_PythonRaises_StopsWithOneLineAndCarriesTheTraceback()
    {
        using RemoteEnvironment environment = PythonCases.Make("Raises", 2);
        environment.Reset(0);
        Step(environment, 4);
        EnvironmentFaultException fault = Assert.Throws<EnvironmentFaultException>(() => Step(environment, 1));

        Assert.Equal(
            "gym:bridge_cases:Raises: copy 0 of bridge_cases:Raises raised ValueError: the pole is on fire in step 5",
            fault.Message
        );
        Assert.Contains("bridge_cases.py", fault.RemoteTraceback);
        Assert.Contains("in strike", fault.RemoteTraceback);
        Assert.Contains("in strike", fault.ToString());
    }

    [Fact]
    public void Step_PythonGivesAnotherShape_StopsWithOneLine()
    {
        using RemoteEnvironment environment = PythonCases.Make("WrongShape");
        environment.Reset(0);
        Step(environment, 4);
        EnvironmentFaultException fault = Assert.Throws<EnvironmentFaultException>(() => Step(environment, 1));

        Assert.Equal(
            "gym:bridge_cases:WrongShape: copy 0 of bridge_cases:WrongShape gave a value of shape (3,), but the space has (4,) in step 5",
            fault.Message
        );
    }

    [Theory]
    [InlineData("NotANumber", "observation")]
    [InlineData("NotANumberReward", "reward")]
    public void Step_PythonGivesNotANumber_StopsTheRunWithOneLine(string name, string what)
    {
        using EnvironmentPipeline pipeline = EnvironmentPipeline.ForTraining(
            PythonCases.Make(name, 2),
            new WrapperSettings(),
            0.99f
        );
        pipeline.Environment.Reset(0);
        Step(pipeline.Environment, 4);
        EnvironmentFaultException fault = Assert.Throws<EnvironmentFaultException>(() => Step(pipeline.Environment, 1));

        Assert.StartsWith($"gym:bridge_cases:{name} gave the {what} NaN in step 5 of copy 0", fault.Message);
        Assert.EndsWith("Correct the environment.", fault.Message);
    }

    [Theory]
    [InlineData("Dies?once=", "exit code 9")]
    [InlineData("Hangs?timeout=10&once=", "no answer within 10 s")]
    [ShortTime("The server hangs for ever; every other answer has ten seconds to come.")]
    public void Step_ServerDiesOrHangsInAnEpisode_TruncatesItWhereItStoodAndBeginsAnother(string name, string reason)
    {
        using var folder = new TemporaryFolder();
        string once = Path.Combine(folder.Path, "once");
        using RemoteEnvironment environment = PythonCases.Make(name + once, 2);
        environment.Reset(7);
        Step(environment, 4);
        float[] before = [.. environment.Observations];
        environment.Step([1, 0]);

        Assert.Equal(1, environment.Restarts);
        Assert.Contains(reason, environment.LastLoss);
        Assert.Equal([true, true], environment.Truncated);
        Assert.Equal([false, false], environment.Terminated);
        Assert.Equal([0f, 0f], environment.Rewards);
        Assert.Equal(before, environment.FinalObservations);
        Assert.NotEqual(before, environment.Observations.ToArray());
        AssertAreFirst(environment.Observations);
        float[] first = [.. environment.Observations];
        environment.Step([1, 0]);
        Assert.Equal([1f, 1f], environment.Rewards);
        Assert.Equal([false, false], environment.Truncated);
        Assert.Equal(first[0] + 0.02f * first[1], environment.Observations[0], 1e-6f); // it goes on from what it showed
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 1)]
    [InlineData(1, 2)]
    public void Step_ServerDiesInAnEpisode_WhatWasPlayedOfItIsNoScore(int threads, int frameSkip)
    {
        using var folder = new TemporaryFolder();
        string name = $"Dies?at=6&once={Path.Combine(folder.Path, "once")}";
        using EnvironmentPipeline pipeline = EnvironmentPipeline.ForTraining(
            threads == 1
                ? PythonCases.Make(name, 2)
                : new ParallelEnvironment(count => PythonCases.Make(name, count), 2, threads),
            new WrapperSettings { FrameSkip = frameSkip },
            0.99f
        );
        pipeline.Environment.Reset(7);
        int lost = 0;
        int scored = 0;
        var lengths = new int[2];
        for (int t = 0; t < 40; t++)
        {
            pipeline.Environment.Step([1, 1]);
            var scores = pipeline.Episodes.Completed.ToArray().ToDictionary(episode => episode.Copy);
            for (int copy = 0; copy < 2; copy++)
            {
                lengths[copy]++;
                bool isLost = pipeline.Environment.Truncated[copy];
                bool isOver = pipeline.Environment.Terminated[copy];
                Assert.Equal(isOver, scores.ContainsKey(copy));
                Assert.True(!isOver || scores[copy].Length == lengths[copy]);
                lost += isLost ? 1 : 0;
                scored += isOver ? 1 : 0;
                lengths[copy] = isLost || isOver ? 0 : lengths[copy];
            }
        }

        Assert.InRange(lost, 1, 2);
        Assert.Equal(lost, pipeline.Environment.LostEpisodes.ToArray().Sum());
        Assert.True(scored >= 2);
    }

    [Fact]
    public void StepSome_ServerDiesWhileACopyRests_TheCopyShowsItsOldEpisodeUntilItsEndIsTold()
    {
        using var folder = new TemporaryFolder();
        using RemoteEnvironment environment = PythonCases.Make($"Dies?at=3&once={Path.Combine(folder.Path, "once")}", 2);
        environment.Reset(7);
        Step(environment, 2);
        float[] before = [.. environment.Observations];
        environment.StepSome([1, 1], [true, false]);
        Assert.Equal([true, false], environment.Truncated);
        Assert.Equal(before.AsSpan(4), environment.Observations[4..]);
        environment.StepSome([1, 1], [true, false]);
        Assert.Equal([false, false], environment.Truncated);
        Assert.Equal(before.AsSpan(4), environment.Observations[4..]);

        environment.Step([1, 1]);

        Assert.Equal([false, true], environment.Truncated);
        Assert.Equal(before.AsSpan(4), environment.FinalObservations[4..]);
        AssertAreFirst(environment.Observations[4..]);
    }

    [Fact]
    public void Step_ServerKilledFromOutside_GoesOnWithAnother()
    {
        using RemoteEnvironment environment = PythonCases.Make("CartPole", 2);
        environment.Reset(0);
        Step(environment, 3);
        using (Process process = Process.GetProcessById(((GrpcLane)environment.Lane).Process!.Id))
        {
            ChildProcess.Kill(process);
        }
        environment.Step([1, 1]);

        Assert.Equal([true, true], environment.Truncated);
        Step(environment, 5);
        Assert.Equal(1, environment.Restarts);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    public void Step_ServerDiesAgainAndAgain_WarnsOfEachReplacementAndStopsWithOneLine(int at)
    {
        using RemoteEnvironment environment = PythonCases.Make($"Dies?at={at}");
        var warnings = new List<string>();
        environment.Warn = warnings.Add;
        environment.Reset(0);
        EnvironmentFaultException fault = Assert.Throws<EnvironmentFaultException>(() => Step(environment, 50));

        Assert.StartsWith(
            $"gym:bridge_cases:Dies?at={at} was lost 4 times, each time less than 1000 steps after the time before: the Python process ended with exit code 9",
            fault.Message
        );
        Assert.DoesNotContain('\n', fault.Message);
        Assert.Equal(3, warnings.Count);
        Assert.StartsWith(
            $"gym:bridge_cases:Dies?at={at} was lost (the Python process ended with exit code 9) and is replaced, replacement 3.",
            warnings[2]
        );
    }

    [Fact]
    public void Step_ServerDiesAfterManyGoodSteps_IsReplacedHoweverOftenThatWas()
    {
        using RemoteEnvironment environment = PythonCases.Make($"Dies?at={ReplaceableLane.GoodStepsPerRestart + 1}");
        environment.Reset(0);
        Step(environment, 5 * (ReplaceableLane.GoodStepsPerRestart + 1));

        Assert.Equal(5, environment.Restarts);
    }

    [Theory]
    [InlineData("gym:CartPole-v1", "the package gymnasium is missing")]
    [InlineData("gym:ALE/Pong-v5", "the package gymnasium is missing")]
    public void Make_PackageIsMissing_SaysWhatToInstall(string id, string expected)
    {
        RemoteSettings settings = PythonCases.Settings with
        {
            PythonPath = Path.Combine(PythonCases.Folder, "nothing_installed"),
        };
        using BridgeProcess process = BridgeProcess.Start(settings);
        NotSupportedException exception = Assert.Throws<NotSupportedException>(() =>
            GrpcLane.Describe(RemoteId.Parse(id), settings, process)
        );

        Assert.Contains(expected, exception.Message);
        Assert.Contains("-m pip install gymnasium", exception.Message);
    }

    [Theory]
    [InlineData("bridge_cases:Nobody", "has no class 'Nobody' with reset and step")]
    [InlineData("bridge_cases:Picky", "has no class 'Picky' with reset and step")]
    [InlineData("subprocess:Popen", "has no class 'Popen' with reset and step")]
    [InlineData("nowhere_at_all:CartPole", "there is no module 'nowhere_at_all'")]
    [InlineData("bridge_cases:CartPole?gravty=3", "unexpected keyword argument 'gravty'")]
    [InlineData("bridge_cases:CartPole?wrappers=flip", "there is no wrapper 'flip'")]
    public void Make_WhatPythonDoesNotKnow_IsAnUnknownName(string name, string expected)
    {
        _ = PythonCases.Settings;
        UnknownNameException exception = Assert.Throws<UnknownNameException>(() =>
            EnvironmentRegistry.Default.Find("gym:" + name)
        );

        Assert.Contains(expected, exception.Message);
    }

    [Fact]
    public void Start_NoPythonWithThePackages_SaysWhatToInstall()
    {
        using var folder = new TemporaryFolder();
        string python = Path.Combine(folder.Path, "python3");
        File.WriteAllText(python, "#!/bin/sh\necho 'agents-bridge: the package grpc is missing for python3' >&2\nexit 77\n");
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(python, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        }
        NotSupportedException exception = Assert.Throws<NotSupportedException>(() =>
            BridgeProcess.Start(PythonCases.Settings with { Python = python })
        );

        Assert.Contains("the package grpc is missing", exception.Message);
        Assert.Contains("apt-get install python3-grpcio python3-protobuf python3-numpy", exception.Message);
    }

    [Fact]
    public void Start_NoSuchPython_SaysSo()
    {
        NotSupportedException exception = Assert.Throws<NotSupportedException>(() =>
            BridgeProcess.Start(PythonCases.Settings with { Python = "/nowhere/python3" })
        );

        Assert.Contains("/nowhere/python3 cannot be started", exception.Message);
    }

    [Fact]
    public void Make_NobodyListens_SaysSoAtOnce()
    {
        BridgeLostException exception = Assert.Throws<BridgeLostException>(() =>
            EnvironmentRegistry.Default.Find("grpc+unix:/nowhere/at/all.sock:CartPole-v1")
        );

        Assert.Contains("cannot be reached", exception.Message, StringComparison.Ordinal); // not: no answer within some time
    }

    private static void Step(IBatchedEnvironment environment, int steps)
    {
        var actions = new float[environment.Count];
        for (int t = 0; t < steps; t++)
        {
            Array.Fill(actions, t % 2);
            environment.Step(actions);
        }
    }

    private static void AssertAreFirst(ReadOnlySpan<float> observations)
    {
        foreach (float value in observations)
        {
            Assert.InRange(value, -0.05f, 0.05f);
        }
    }
}
